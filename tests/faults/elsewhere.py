"""Faults whose test stands beside the part that withstands it; ``make faults`` runs them too."""

from __future__ import annotations

import sys

ELSEWHERE = {
    "F3": ["test_store.py::test_a_killed_writer_leaves_every_crawl_whole_or_absent"],
    "F5": [
        "test_delivery.py::test_wherever_a_run_is_killed_every_digest_arrives_and_a_repeat_is_the_same_letter"
    ],
    "F6": [
        "test_delivery.py::test_a_run_killed_after_the_server_took_the_letter_repeats_it_as_the_same_letter",
        "test_outbox.py::test_a_letter_whose_taking_was_not_confirmed_goes_again_as_the_same_letter",
    ],
    "F12": ["test_delivery.py::test_two_runs_at_once_send_one_letter", "test_lock.py"],
    "F14": ["test_sweep.py::test_f14_a_page_that_eats_memory_costs_its_own_source"],
    "F16": [
        "test_visit.py::test_a_later_page_that_fails_makes_the_crawl_partial_and_keeps_what_was_read"
    ],
    "F26": ["test_visit.py::test_fewer_postings_than_the_site_states_is_partial"],
    "F27": ["test_visit.py::test_fewer_postings_than_the_site_states_is_partial"],
    "F29": [
        "test_visit.py::test_the_page_of_a_known_posting_that_is_gone_says_so",
        "test_visit.py::test_a_posting_led_back_to_the_listing_is_gone",
        "test_closings.py",
    ],
    "F32": ["test_weigh.py", "test_compare.py::test_the_order_of_a_listing_says_nothing"],
    "F33": ["test_weigh.py::test_what_is_cosmetic_is_nothing_at_all"],
    "F34": ["test_links_between.py", "test_linking.py"],
    "F37": [
        "test_live.py::test_robots_redirects_waits_errors_and_cut_pages_are_each_accounted_for",
        "test_live.py::test_a_wait_that_is_too_long_is_a_reason_and_not_sat_out",
        "test_backoff.py",
        "test_gates.py",
    ],
    "F38": ["test_gates.py"],
    "F39": ["test_robots.py", "test_live.py::test_a_crawl_delay_is_kept"],
    "F43": ["test_store.py::test_a_full_disk_is_said_in_words_and_leaves_the_store_whole"],
    "F46": ["test_migrations.py"],
    "F51": [
        "test_schedule.py::test_every_local_day_has_one_period_through_every_change_of_clocks",
        "test_schedule.py::test_the_bells_of_serve_make_one_digest_a_day_at_its_time",
    ],
    "F52": ["test_schedule.py::test_days_asleep_are_caught_up_once"],
    "F54": ["test_outbox.py"],
    "F59": ["test_status.py", "test_pings.py"],
    "F61": [
        "test_visit.py::test_a_list_without_end_stops_at_the_limit",
        "test_sweep.py::test_a_page_that_never_comes_ends_by_the_deadline_with_what_was_read",
    ],
}
"""By the number of the fault: files below ``tests/`` or tests in them."""

if __name__ == "__main__":
    found = sorted({name for names in ELSEWHERE.values() for name in names})
    sys.stdout.writelines(f"tests/{name}\n" for name in found)
