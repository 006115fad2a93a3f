"""`python -m services.installations [run|migrate|topology|settings]`."""

from chassis.host import main
from services.installations.service import Installations

main(Installations)
