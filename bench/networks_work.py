"""What a training step of a network has to do for one sample: its dense products, for bench-blas, and the operations
and bytes of surgrad's way, which docs/performance.md ("Networks of today") explains.

Operations are additions and multiplications of single-precision numbers; a division counts as a multiplication. Bytes
are those that move between the core and its second-level cache if a row of weights is fetched for each spike, a row
of the gradient is fetched and put back, and the numbers of all neurons go out or in for each step. A kernel that keeps
some of that in registers, or in the first-level cache, moves fewer.
"""
import dataclasses
import math

FLOAT = 4  # bytes
# (additions, multiplications) of a neuron in a step, forward, and backward with the surrogate's 4.
FORWARD = {"lif": (2, 1), "alif": (4, 3), "cuba_lif": (3, 2)}
BACKWARD = {"lif": (3, 4), "alif": (5, 6), "cuba_lif": (4, 5)}
# Of a parameter for each step of the optimiser: adding up what each slice of the batch gave, and Adam.
OPTIMISER, OPTIMISER_BYTES = (20, 10), 100


@dataclasses.dataclass
class Work:
    additions: float = 0
    multiplications: float = 0
    bytes: float = 0

    def add(self, times, operations, moved):
        """`times` times so many (additions, multiplications) and bytes."""
        self.additions += times * operations[0]
        self.multiplications += times * operations[1]
        self.bytes += times * moved

    @property
    def operations(self):
        return self.additions + self.multiplications

    def us_at_peak(self, peak):
        """On one core of `peak` (bench-peak), if additions, multiplications and bytes go on side by side."""
        return max(self.additions / peak["additions_per_ns"], self.multiplications / peak["additions_per_ns"],
                   self.bytes / peak["bytes_per_ns"]) * 1e-3


@dataclasses.dataclass
class Link:
    """One link as a dense product: rows of it a step, (inputs, neurons) of its weights, and what a spike reaches."""
    rows: int
    inputs: int
    neurons: int
    reach: float     # neurons that a spike adds to, in the mean over all places
    places: int      # inputs of the layer, before a convolution copies them
    all_neurons: int
    recurrent: bool = False

    @property
    def parameters(self):
        return self.inputs * self.neurons


def layers_of(config, shape):
    """For each layer its neuron's kind and its links."""
    for layer in config["layers"]:
        link = layer["link"]
        if link.get("pool", "none") != "none":
            size = link.get("pool_size", 2)
            shape = shape[0], shape[1] // size, shape[2] // size
        places, links = math.prod(shape), []
        if link["kind"] == "conv2d":
            kernel, channels = link["kernel"], link["channels"]
            height, width = shape[1] - kernel + 1, shape[2] - kernel + 1
            taps = kernel ** 2 * height * width / (shape[1] * shape[2])  # of the kernel that are inside, in the mean
            links.append(Link(height * width, kernel ** 2 * shape[0], channels, taps * channels, places,
                              channels * height * width))
            shape = channels, height, width
        else:
            size = layer["size"]
            links.append(Link(1, places, size, size, places, size))
            shape = size, 1, 1
        if "recurrent" in layer and layer["recurrent"]["from"] == "own":
            links.append(Link(1, size, size, size, size, size, recurrent=True))
        yield layer["neuron"]["kind"], links


def products(config, shape, steps, batch):
    """Arguments for bench-blas; convolutions copied out for two samples only, which fit into memory."""
    all_links = [link for _, links in layers_of(config, shape) for link in links]
    samples = 2 if any(link.rows > 1 for link in all_links) else batch
    arguments = ["--batch", str(samples)]
    for link in all_links:
        rows, times = (samples, "x%d" % steps) if link.recurrent else (samples * steps * link.rows, "")
        arguments += ["--link", "%dx%dx%d%s" % (rows, link.inputs, link.neurons, times)]
    return arguments


def dense_work(config, shape, steps):
    """The products alone, all arrays dense: two of the first link, three of the others."""
    work = Work()
    for number, link in enumerate(link for _, links in layers_of(config, shape) for link in links):
        count = 3 if number else 2
        moved = FLOAT * (link.inputs + link.neurons) * link.rows * steps
        work.add(count, (link.rows * steps * link.parameters,) * 2, moved)
    return work


def add_spikes(work, link, spikes):
    """Forward, a row of weights for each spike; backward, a row of the gradient, read and written."""
    work.add(spikes * link.reach, (1, 0), FLOAT)
    work.add(spikes * link.reach, (1, 0), 2 * FLOAT)


def add_back(work, link, steps):
    """dL/dspikes of what is below, a dense product: g, the result, and the weights once."""
    work.add(steps * link.rows * link.parameters, (1, 1), 0)
    work.add(steps, (0, 0), FLOAT * (link.all_neurons + link.places))
    work.add(link.parameters, (0, 0), FLOAT)


def spiking_work(config, shape, steps, batch, input_spikes, spikes):
    """surgrad's way, with `spikes` of each layer."""
    work = Work()
    below = input_spikes
    for number, (kind, links) in enumerate(layers_of(config, shape)):
        neurons = links[0].all_neurons
        if kind == "li":  # linear in the sums of the spikes below; then the outputs, and the gradient, of one step
            work.add(steps * links[0].places, (1, 0), 0)
            work.add(3 * links[0].parameters, (1, 1), FLOAT)
        else:
            work.add(steps * neurons, FORWARD[kind], 2 * FLOAT)
            work.add(steps * neurons, BACKWARD[kind], FLOAT)
            for link in links:
                add_spikes(work, link, spikes[number] if link.recurrent else below)
                if link.recurrent or number > 0:
                    add_back(work, link, steps)
        work.add(sum(link.parameters for link in links) / batch, OPTIMISER, OPTIMISER_BYTES)
        below = spikes[number]
    return work
