"""All tests. A package, because one that a dependency installs has the same name and would come first."""
