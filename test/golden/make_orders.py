#!/usr/bin/env python3
"""Makes orders.h5 beside this file: what neurons do step by step, in each order met in the field, by its formulas.

The formulas are those of the tutorials and libraries that the orders are named after, in PyTorch and double precision:
docs/maths.md. For each case: x (T, N) the weighted input, v (T, N) the membrane that is compared with the threshold, s
(T, N) the spikes. Needs Debian's python3-torch and python3-h5py.
"""
import math
import os
import h5py
import torch

T, N, DT, TAU_MEM, TAU_SYN, TAU_ADAPT, THETA, STRENGTH, COUPLING = 60, 16, 1.0, 8.0, 3.0, 20.0, 1.0, 0.3, 0.2
FLOOR = -0.125  # min_v_mem of Sinabs
MARGIN = 1e-4
torch.set_default_dtype(torch.float64)
ALPHA, BETA, RHO = (math.exp(-DT / tau) for tau in (TAU_SYN, TAU_MEM, TAU_ADAPT))


def spike(u):
    return (u > 0).double()


def notebook(x, synapse):
    i = v = torch.zeros(N)
    for t in range(T):
        i = ALPHA * i + x[t] if synapse else x[t]
        v = BETA * v + i
        s = spike(v - THETA)
        yield v, s
        v = v * (1 - s)


def spytorch(x, synapse):
    syn = mem = torch.zeros(N)
    for t in range(T):
        out = spike(mem - THETA)
        yield mem, out
        new_syn = ALPHA * syn + x[t]
        mem = (BETA * mem + (syn if synapse else x[t])) * (1 - out)
        syn = new_syn


def snntorch(x, synapse):
    syn = mem = torch.zeros(N)
    for t in range(T):
        reset = spike(mem - THETA)
        syn = ALPHA * syn + x[t] if synapse else x[t]
        mem = BETA * mem + syn - reset * THETA
        yield mem, spike(mem - THETA)


def snntorch_no_delay(x, synapse):
    syn = mem = torch.zeros(N)
    for t in range(T):
        reset = spike(mem - THETA)
        syn = ALPHA * syn + x[t] if synapse else x[t]
        mem = BETA * mem + syn - reset * THETA
        s = spike(mem - THETA)
        yield mem, s
        mem = mem - (s - reset) * THETA


def norse(x, synapse):
    i = v = torch.zeros(N)
    for t in range(T):
        i = i + x[t]
        v = v + DT / TAU_MEM * (-v + i)
        i = i * (1 - DT / TAU_SYN) if synapse else torch.zeros(N)
        z = spike(v - THETA)
        yield v, z
        v = (1 - z) * v


def sinabs(x, synapse):
    i = v = torch.zeros(N)
    for t in range(T):
        i = ALPHA * (i + x[t]) if synapse else x[t]
        v = BETA * v + (1 - BETA) * i
        s = spike(v - THETA)
        yield v, s
        v = v - THETA * s


def sinabs_floor(x, synapse):
    i = v = torch.zeros(N)
    for t in range(T):
        i = ALPHA * (i + x[t]) if synapse else x[t]
        v = BETA * v + (1 - BETA) * i
        s = spike(v - THETA)
        yield v, s
        v = v - THETA * s
        v = torch.relu(v - FLOOR) + FLOOR


def alif(x, _):
    v = a = torch.zeros(N)
    for t in range(T):
        v = BETA * v + x[t]
        s = spike(v - THETA - STRENGTH * a)
        yield v, s
        v = v * (1 - s)
        a = RHO * a + s


def adlif(x, _):
    v = w = torch.zeros(N)
    for t in range(T):
        v = BETA * v + x[t] - w
        s = spike(v - THETA)
        yield v, s
        w = RHO * w + (1 - RHO) * (COUPLING * v + STRENGTH * s)
        v = v * (1 - s)


ORDERS = {"notebook": notebook, "spytorch": spytorch, "snntorch": snntorch, "norse": norse, "sinabs": sinabs,
          "snntorch_no_delay": snntorch_no_delay}
CASES = {"%s %s" % (kind, name): (order, kind == "cuba_lif", 12.0 if name in ("norse", "sinabs") else 1.0)
         for name, order in ORDERS.items() for kind in ("lif", "cuba_lif")}
CASES.update({"%s sinabs_floor" % kind: (sinabs_floor, kind == "cuba_lif", 12.0) for kind in ("lif", "cuba_lif")})
CASES.update({"alif notebook": (alif, False, 1.0), "adlif notebook": (adlif, False, 1.0)})


def run(order, synapse, scale, seed):
    torch.manual_seed(seed)
    x = (scale * 0.6 * torch.randn(T, N) + scale * (0.1 if synapse else 0.3)).float().double()
    steps = list(order(x, synapse))
    return x, torch.stack([v for v, _ in steps]), torch.stack([s for _, s in steps])


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with h5py.File(os.path.join(here, "orders.h5"), "w") as f:
        f.attrs.update(dict(steps=T, neurons=N, dt_ms=DT, tau_mem_ms=TAU_MEM, tau_syn_ms=TAU_SYN,
                            tau_adapt_ms=TAU_ADAPT, threshold=THETA, adaptation=STRENGTH, coupling=COUPLING))
        for name, case in CASES.items():
            for seed in range(1000):
                x, v, s = run(*case, seed)
                if (v - THETA).abs().min() > MARGIN and 0.03 < s.mean() < 0.6:
                    break
            for key, value in (("x", x.float()), ("v", v), ("s", s.to(torch.uint8))):
                f.create_dataset(name.replace(" ", "/") + "/" + key, data=value.numpy(), compression="gzip")
            print(name, "seed", seed, "rate %.2f" % s.mean())


if __name__ == "__main__":
    main()
