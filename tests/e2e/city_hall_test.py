#!/usr/bin/env python3
"""A week in a small city hall: citizens write as their mail programs do, rules hand the mails to teams, people answer from the page,
the command line, by the API and by mail, and in the end each citizen has got each answer once, byte for byte, and all of it stands in
the histories. A real Postfix carries every mail, a real Dovecot has every mailbox. Wants root, Debian's postfix and dovecot; says so
when it can't run."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "city_hall"))
from audit import everything_adds_up  # noqa: E402
from first_days import monday_the_mails_come_in, tuesday_people_answer  # noqa: E402
from later_days import friday_the_desk_is_cleared, thursday_late_answers_are_another_matter, wednesday_customers_go_on  # noqa: E402
from new_matters import friday_matters_meet_and_part  # noqa: E402
from orgo import main  # noqa: E402
from town import no_town  # noqa: E402
from week import Week  # noqa: E402


def a_week_in_a_small_city_hall():
    with Week() as week:
        monday_the_mails_come_in(week)
        tuesday_people_answer(week)
        wednesday_customers_go_on(week)
        thursday_late_answers_are_another_matter(week)
        friday_matters_meet_and_part(week)
        friday_the_desk_is_cleared(week)
        return everything_adds_up(week)


if __name__ == "__main__":
    reason = no_town()
    if reason:
        print(f"SKIPPED city_hall_test: {reason}", flush=True)
        sys.exit(0)
    main(a_week_in_a_small_city_hall)
