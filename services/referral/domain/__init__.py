"""The rules of the referral service, one module an aggregate; pure."""
