"""What the referral service is reached by, a class for each thing that people come for; the service is all of them."""
