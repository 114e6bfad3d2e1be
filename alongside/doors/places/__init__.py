"""The pages of one school, of one cluster and of its profile: gathered from `network` and `people`."""
