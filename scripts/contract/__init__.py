"""What users count on: the gate on changes of the spec, the facts of the facade, the live check, exported names."""
