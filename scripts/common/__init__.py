"""What all scripts share: OpenAPI documents and `$ref`s, strict YAML, errors, atomic writes."""
