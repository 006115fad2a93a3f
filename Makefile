# Thin: what each target does is in the file that it calls, which also works where make is missing.
.PHONY: help demo stop test bench lock

help:
	@deploy/make help

demo stop test bench lock:
	@deploy/make $@
