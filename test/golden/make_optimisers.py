#!/usr/bin/env python3
"""Makes optimisers.h5 beside this file: steps of PyTorch's optimisers, and rates of its schedulers.

gradients (STEPS, COUNT) and first (COUNT) are the same for all; for each optimiser NAME/parameters (STEPS, COUNT) is what
the parameters are after each step, for each schedule rates/NAME (STEPS) the learning rate of each step,
and warm/NAME (STEPS) that with a warm-up of an epoch. Double precision.
Needs Debian's python3-torch and python3-h5py.
"""
import os
import h5py
import numpy as np
import torch

STEPS, COUNT, LR = 24, 21, 0.05
torch.set_default_dtype(torch.float64)

OPTIMISERS = {
    "adam": lambda p: torch.optim.Adam(p, LR),
    "adam_amsgrad_decay": lambda p: torch.optim.Adam(p, LR, amsgrad=True, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, LR, weight_decay=0.1),
    "adamw_amsgrad": lambda p: torch.optim.AdamW(p, LR, weight_decay=0.1, amsgrad=True),
    "adamax": lambda p: torch.optim.Adamax(p, LR),
    "adamax_decay": lambda p: torch.optim.Adamax(p, LR, weight_decay=0.1),
    "sgd": lambda p: torch.optim.SGD(p, LR, weight_decay=0.1),
    "sgd_momentum": lambda p: torch.optim.SGD(p, LR, momentum=0.9),
    "sgd_nesterov_decay": lambda p: torch.optim.SGD(p, LR, momentum=0.9, nesterov=True, weight_decay=0.1),
    "sgd_nesterov": lambda p: torch.optim.SGD(p, LR, momentum=0.9, nesterov=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, LR),
    "rmsprop_momentum": lambda p: torch.optim.RMSprop(p, LR, momentum=0.9),
    "rmsprop_decay": lambda p: torch.optim.RMSprop(p, LR, weight_decay=0.1),
}
S = torch.optim.lr_scheduler
WARMUP = 6
SCHEDULES = {  # with 4 epochs of 6 steps
    "constant": lambda o: S.LambdaLR(o, lambda k: 1),
    "step": lambda o: S.StepLR(o, 6, 0.5),
    "cosine": lambda o: S.CosineAnnealingLR(o, STEPS, 0.1 * LR),
    "one_cycle": lambda o: S.OneCycleLR(o, LR, STEPS, pct_start=0.3, div_factor=25, final_div_factor=100,
                                        cycle_momentum=False),
}
WARM = {  # the same after a warm-up of one epoch: cosine begins behind it, step counts from the begin of the run
    "constant": lambda o: S.LinearLR(o, 1 / (WARMUP + 1), 1, WARMUP),
    "step": lambda o: S.StepLR(o, 6, 0.5),
    "cosine": lambda o: S.CosineAnnealingLR(o, STEPS - WARMUP, 0.1 * LR),
}


def rates_of(make, steps):
    optimiser, rates = torch.optim.SGD([torch.zeros(1, requires_grad=True)], LR), []
    scheduler = make(optimiser)
    for _ in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return np.array(rates)


def main():
    draw = np.random.default_rng(1)
    first = draw.normal(0, 1, COUNT).astype(np.float32)
    gradients = (draw.normal(0, 1, (STEPS, COUNT)) + draw.normal(0, 1, COUNT)).astype(np.float32)
    with h5py.File(os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimisers.h5"), "w") as f:
        f.create_dataset("first", data=first)
        f.create_dataset("gradients", data=gradients)
        for name, make in OPTIMISERS.items():
            w = torch.tensor(first).double().requires_grad_()
            optimiser, after = make([w]), []
            for g in gradients:
                w.grad = torch.tensor(g).double()
                optimiser.step()
                after.append(w.detach().numpy().copy())
            f.create_dataset(name + "/parameters", data=np.array(after))
        for name, make in SCHEDULES.items():
            f.create_dataset("rates/" + name, data=rates_of(make, STEPS))
        rise = rates_of(WARM["constant"], STEPS)
        f.create_dataset("warm/constant", data=rise)
        f.create_dataset("warm/step", data=np.append(rise[:WARMUP], rates_of(WARM["step"], STEPS)[WARMUP:]))
        f.create_dataset("warm/cosine", data=np.append(rise[:WARMUP], rates_of(WARM["cosine"], STEPS - WARMUP)))


if __name__ == "__main__":
    main()
