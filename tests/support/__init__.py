"""What tests are written with: given/when/then, real servers, the words of scenarios."""
