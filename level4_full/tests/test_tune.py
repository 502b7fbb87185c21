"""The search sees the training months alone, goes on where a kill stopped it, and its best feeds train.py."""

import fcntl
import os
import pty
from select import select

import pandas as pd
import processes
import pytest
from registry_place import quick_space

import trips
from taxi import data, search
from taxi.errors import BadInput

pytest_plugins = ["registry_fixtures"]
TRIALS = 4
KILLS = ("the search has begun", "in the first trial", "in the third trial", "the third trial is not told",
         "half a line is in the journal")  # fmt: skip


@pytest.fixture
def quick(monkeypatch):
    """Trials of three boosting rounds."""
    monkeypatch.setattr(search, "suggest", search.suggest)  # put back afterwards
    quick_space(search)


def tune(place, trials=TRIALS, train="2021-01", seed=0):
    import tune as verb

    return verb.run(place.settings, train, "city", seed, trials)


def runs(place):
    """The parent run, and its trials' runs by their number."""
    found = place.mlflow.search_runs(output_format="list")
    (parent,) = [run for run in found if run.info.run_name.startswith("tune ")]
    trials = [run for run in found if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]
    return parent, {int(run.info.run_name.split()[-1]): run for run in trials}


def finished(place):
    """The trials with a result."""
    return {number: run for number, run in runs(place)[1].items() if run.info.status == "FINISHED"}


def test_the_last_seven_days_are_held_out_and_later_than_all_that_is_learned():
    parts = search.split(data.load_months("city", 0, "2020-12..2021-01"))
    assert parts.held_out["pickup_at"].dt.date.astype(str).unique().tolist() == [
        f"2021-01-{day}" for day in range(25, 32)
    ]
    assert parts.learn["pickup_at"].max() < parts.held_out["pickup_at"].min()
    assert len(parts.learn) > 5 * len(parts.held_out)


@pytest.mark.parametrize(("last", "first_held_out"), [("2021-02-28", "2021-02-22"), ("2020-02-29", "2020-02-23")])
def test_the_seven_days_are_whole_days_of_the_last_month(last, first_held_out):
    """A trip at midnight sharp belongs to the day that begins."""
    when = pd.date_range(
        pd.Timestamp(last) - pd.Timedelta(days=40), pd.Timestamp(last) + pd.Timedelta(hours=23), freq="h"
    )
    parts = search.split(pd.DataFrame({"pickup_at": when}))
    assert parts.held_out["pickup_at"].min() == pd.Timestamp(first_held_out)
    assert len(parts.held_out) == 7 * 24


def test_trips_of_a_clock_that_nobody_set_do_not_move_the_days():
    """TLC's months hold a few trips of 2008, and of years to come: they are neither the last days, nor after them."""
    when = pd.Series(pd.date_range("2021-01-01", "2021-01-31 23:00", freq="h"))
    when = pd.concat(
        [when, pd.Series(pd.to_datetime(["2008-12-31", "2021-02-01 03:00", "2041-08-09"], format="ISO8601"))],
        ignore_index=True,
    )
    parts = search.split(pd.DataFrame({"pickup_at": when}))
    inside = parts.held_out[parts.held_out["pickup_at"] < "2021-02-01"]
    assert inside["pickup_at"].min() == pd.Timestamp("2021-01-25")
    assert parts.learn["pickup_at"].max() < pd.Timestamp("2021-01-25")


def test_only_the_training_months_are_ever_asked_for(empty, quick, monkeypatch):
    """Whatever the source could give: the validation month is not read."""
    asked, open_source = [], trips.open_source

    def watched(name, seed):
        source = open_source(name, seed)
        month = source.month
        monkeypatch.setattr(source, "month", lambda name: asked.append(name) or month(name))
        return source

    monkeypatch.setattr(trips, "open_source", watched)
    tune(empty, trials=2, train="2020-12..2021-01")
    assert asked == ["2020-12", "2021-01"]


def test_trials_are_nested_runs_with_parameters_and_the_error_on_the_held_out_days(empty, quick):
    best = tune(empty)
    parent, trials = runs(empty)
    assert len(trials) == TRIALS
    errors = {run.info.run_id: run.data.metrics["rmse_held_out"] for run in trials.values()}
    assert all(set(search.DEFAULTS) <= set(run.data.params) for run in trials.values())
    assert min(errors, key=errors.__getitem__) == best == parent.data.tags["best_run"]
    assert parent.data.metrics["rmse_held_out"] == errors[best]
    assert parent.data.params == {"train": "2021-01", "source": "city", "seed": "0", "held_out_days": "7"}
    assert {"code_hash", "lock_hash", "git_commit", "who"} <= set(parent.data.tags)


def test_the_first_trial_is_the_defaults(empty, monkeypatch):
    """So the best is never worse than no search at all (the smallest penalty of the space stands for none)."""
    seen = []
    monkeypatch.setattr("taxi.model.fit", lambda trips, seed, **learner: seen.append(learner) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tune(empty, trials=1)
    assert seen == [search.DEFAULTS | {"l2_regularization": 1e-3}]


def test_no_version_is_registered_by_a_search(empty, quick):
    tune(empty, trials=1)
    assert empty.registry.versions() == []


def test_the_best_parameters_are_what_train_takes(empty, quick):
    best = tune(empty)
    version = empty.registry.version(empty.train(params=best))
    wanted = empty.client.get_run(best).data.params
    assert {name: version.params[name] for name in wanted} == wanted
    assert empty.command("reproduce", "1").exit_code == 0


@pytest.mark.parametrize("moment", KILLS)
def test_killed_the_same_command_goes_on_until_as_many_trials_as_asked_for_have_a_result(empty, moment):
    """Real kills (SIGKILL). What had a result keeps it, one parent run holds all, and nothing is left running."""
    assert processes.end(processes.start(processes.tune, empty, TRIALS, moment)) == -9
    before = {number: run.data.metrics["rmse_held_out"] for number, run in finished(empty).items()}
    assert processes.end(processes.start(processes.tune, empty, TRIALS)) == 0
    parent, trials = runs(empty)
    after = {number: run.data.metrics["rmse_held_out"] for number, run in finished(empty).items()}
    assert len(after) == TRIALS + (moment == "the third trial is not told")  # a result nobody was told is one too many
    assert before.items() <= after.items()
    assert {run.info.status for run in [parent, *trials.values()]} <= {"FINISHED", "KILLED"}
    assert parent.info.status == "FINISHED"


def test_a_trial_that_was_cut_off_is_made_up_for_with_its_own_parameters(empty):
    """The defaults too, which only the first trial has."""
    for moment in ("in the first trial", "in the third trial"):
        processes.end(processes.start(processes.tune, empty, TRIALS, moment))
    processes.end(processes.start(processes.tune, empty, TRIALS))
    _, trials = runs(empty)
    cut = [run.data.params for run in trials.values() if run.info.status == "KILLED"]
    done = [run.data.params for run in trials.values() if run.info.status == "FINISHED"]
    assert len(cut) == 2
    assert all(params in done for params in cut)
    assert len({str(params) for params in done}) == TRIALS


def test_a_search_that_has_all_its_trials_tries_no_more(empty, quick):
    first = tune(empty)
    assert tune(empty) == first
    assert len(runs(empty)[1]) == TRIALS


def test_more_trials_are_added_to_those_there_are(empty, quick):
    tune(empty, trials=2)
    tune(empty, trials=3)
    assert sorted(runs(empty)[1]) == [0, 1, 2]


def test_another_seed_or_other_months_are_another_search(empty, quick):
    for seed, train in ((0, "2021-01"), (1, "2021-01"), (0, "2020-12")):
        tune(empty, trials=1, seed=seed, train=train)
    names = [run.info.run_name for run in empty.mlflow.search_runs(output_format="list")]
    assert sorted(name for name in names if name.startswith("tune")) == ["tune 2020-12", "tune 2021-01", "tune 2021-01"]


def test_a_second_search_in_the_same_folder_is_told_to_wait(empty, quick):
    """It would take the first one's trial for one that was cut off."""
    with (empty.state / "tune.journal").open("a") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        done = empty.command("tune", "--trials", "1")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: another search writes to ")
    tune(empty, trials=1)


def test_a_search_begun_in_another_registry_is_told_apart(empty, ready, quick):
    tune(empty, trials=1)
    (empty.state / "mlflow.db").write_bytes((ready.state / "mlflow.db").read_bytes())
    with pytest.raises(BadInput, match=r"begun in another registry.* remove .*tune\.journal"):
        tune(empty, trials=2)


def test_a_terminal_sees_a_bar_with_the_best_so_far(empty):
    there, here = pty.openpty()
    process, shown = processes.start(processes.tune_on_terminal, empty, 2, os.ttyname(here)), b""
    while (more := select([there], [], [], 0.1)[0]) or process.is_alive():
        shown += os.read(there, 4096) if more else b""
    os.close(here)
    os.close(there)
    assert processes.end(process) == 0
    assert b"best so far" in shown
    assert b"100%" in shown
    assert f"next: python train.py --train 2021-01 --params {runs(empty)[0].data.tags['best_run']}".encode() in shown


def test_where_the_output_is_no_terminal_there_is_no_bar(empty, quick, capfd):
    tune(empty, trials=1)
    out, _ = capfd.readouterr()
    best, following = out.splitlines()
    assert best.startswith("best of 1: ")
    assert following.startswith("next: python train.py --train 2021-01 --params ")


@pytest.mark.real
@pytest.mark.slow
def test_twenty_trials_on_real_january_give_at_most_5_43_on_real_february(ready, tmp_path):
    """The search saw January alone; published, tuned on the scored month: 6.30 (on all kept rows)."""
    import tune as verb

    place = ready.copy(tmp_path / "var")
    best = verb.run(place.settings, "2021-01", "tlc", 0, 20)
    version = place.registry.version(place.train(source="tlc", params=best))
    assert version.metrics["rmse"] <= 5.43
