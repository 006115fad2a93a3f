"""What the client signs: owns templates, contracts, their links, signatures with evidence, and PDFs.

A contract is written from a template for an installation, signed by link or in person, frozen with
its evidence, printed as a PDF, and becomes active once it is signed and its installation is active.
"""
