# SPDX-License-Identifier: Apache-2.0
"""The sample trains; two ranks give the loss curve of one; a run resumed from another's checkpoint goes on as that one
would have."""

import unittest

from lathe_e2e import SAMPLE, SOURCE, LatheTest, main

DATA = f"data.path={SOURCE}/engine/core"
SMALL = ["model.layers=2", "model.width=64", "model.heads=2", "model.context=64", "train.batch=8"]


def sets(*values):
    return [word for value in values for word in ("--set", value)]


class Train(LatheTest):
    def test_the_sample_learns(self):
        self.ok("run", SAMPLE, *sets(DATA, "train.steps=60"), "--name", "sample", timeout=280)
        run = self.show("sample")
        self.assertEqual(run["state"], "finished")
        losses = [p["value"] for p in self.points("sample", "train/loss")]
        self.assertGreater(losses[0], 5.0)   # ln 256 = 5.55: it starts knowing nothing
        self.assertLess(losses[-1], losses[0] - 1.5)
        self.assertTrue(self.points("sample", "val/loss"))
        self.assertGreater(run["params"]["model.layers"], 0)

    def test_two_ranks_give_the_curve_of_one(self):
        curves = []
        for ranks in (1, 2):
            name = f"r{ranks}"
            self.ok("run", SAMPLE, *sets(DATA, *SMALL, "train.steps=30", f"parallel.data={ranks}"), "--name", name,
                    timeout=200)
            curves.append([p["value"] for p in self.points(name, "train/loss")])
        self.assertEqual(len(curves[0]), len(curves[1]))
        self.assertGreaterEqual(len(curves[0]), 3)
        for one, two in zip(*curves):
            self.assertLess(abs(one - two), 2e-5 * abs(one))

    def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(self):
        def train(name, steps, *more):
            self.ok("run", SAMPLE, *sets(DATA, *SMALL, f"train.steps={steps}", "train.checkpoint_every=10",
                                         "optim.schedule=constant", *more), "--name", name, timeout=200)
            return {p["step"]: p["value"] for p in self.points(name, "train/loss")}

        whole = train("whole", 30)
        first = train("first", 20)
        folder = self.show("first")["dir"]
        by_run = train("by-run", 30, f"train.resume={folder}")
        by_step = train("by-step", 30, f"train.resume={folder}/checkpoints/step_10")
        self.assertTrue(first)
        for resumed, after in ((by_run, 20), (by_step, 10)):
            self.assertGreaterEqual(min(resumed), after)
            self.assertEqual(max(resumed), max(whole))
            # A run also tells its first step, which is no other's.
            shared = set(resumed) & set(whole)
            self.assertTrue(shared)
            for step in shared:
                self.assertLess(abs(resumed[step] - whole[step]), 2e-5 * abs(whole[step]), f"step {step}")
        missing = self.lathe("run", SAMPLE, *sets(DATA, *SMALL, "train.resume=/no/such/run"), "--name", "none")
        self.assertNotEqual(missing.returncode, 0)
        self.assertIn("no such checkpoint", missing.stdout + missing.stderr)


if __name__ == "__main__":
    main()
