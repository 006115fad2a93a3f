"""What the services' methods take and give, as it was promised: a gateway of the version before still asks for it.

`python -m tests.promised` writes down what is new, method by method, in the files beside this. It takes nothing away:
whoever wants to take something back does it by hand, when no gateway that asks for it runs any more.
"""
