"""Nothing of accounts stands in the admin by itself: people's page needs their posts, so it lies in `schools.admin.people`.

Passwords, second factors, sessions and addresses of sign-in are each person's own and are registered nowhere."""
