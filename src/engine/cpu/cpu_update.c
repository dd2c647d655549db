/* The sum of partial gradients and the optimiser's step: threads share ranges of the rows of every group. */
#include "engine/cpu/cpu.h"

#include <math.h>

/* Some rows of a group, in one block. */
typedef struct range {
    int number;
    const sg_group *group;
    sg_block block;
    size_t begin, end; /* rows */
    size_t at, count;  /* the same in arrays shaped like the parameters */
} range;

static range range_of(const sg_group *group, sg_block block, int number) {
    range r = {.number = number, .group = group, .block = block};
    sg_split_range(group->rows, SG_RANGES, (size_t)number, &r.begin, &r.end);
    r.at = sg_group_block_at(group, block) + r.begin * block.width;
    r.count = (r.end - r.begin) * block.width;
    return r;
}

/* Calls `each` for the rows of a range in every block of every group. */
static void walk(sg_cpu *cpu, int number, void (*each)(sg_cpu *cpu, const range *r)) {
    const sg_network *network = cpu->request.network;
    for (size_t l = 0; l < network->layer_count; l++)
        for (size_t g = 0; g < network->layers[l].group_count; g++) {
            const sg_group *group = &network->layers[l].groups[g];
            for (size_t i = 0; i < sg_group_blocks(group); i++) {
                const range r = range_of(group, sg_group_block(group, i), number);
                each(cpu, &r);
            }
        }
}

/* ------------------------------------------------------------------------------------------------- the sum */

/* Where an own spike must not come back to its neuron, its weight has no gradient. */
static void clear_diagonal(const sg_cpu *cpu, const range *r) {
    size_t first = r->block.first;
    for (size_t n = r->begin; r->group->zero_diagonal && n < r->end; n++)
        if (n >= first && n < first + r->block.neurons)
            cpu->arrays[SG_ARRAY_GRADIENT][r->at + (n - r->begin) * r->block.width + n - first] = 0;
}

static void sum_rows(sg_cpu *cpu, const range *r) {
    sg_partial_gradients_sum(&cpu->partial, cpu->arrays[SG_ARRAY_GRADIENT], r->group, r->block, r->begin, r->end);
    clear_diagonal(cpu, r);
}

static void square_rows(sg_cpu *cpu, const range *r) {
    cpu->squares[r->number] +=
        cpu->request.network->kernels->sum_squares(cpu->arrays[SG_ARRAY_GRADIENT] + r->at, r->count);
}

static void sum_and_square_rows(sg_cpu *cpu, const range *r) {
    sum_rows(cpu, r);
    square_rows(cpu, r);
}

static void sum_range(void *context, int number, int thread) {
    sg_cpu *cpu = context;
    (void)thread;
    cpu->squares[number] = 0;
    walk(cpu, number, cpu->summed ? square_rows : sum_and_square_rows);
}

void sg_cpu_sum_gradient(sg_cpu *cpu) {
    if (!cpu->squared)
        sg_pool_share(cpu->pool, SG_RANGES, sum_range, cpu);
    cpu->summed = cpu->squared = true;
}

/* Ranges are added in their order, whatever thread had them. */
static double norm_of(const sg_cpu *cpu) {
    double sum = 0;
    for (int i = 0; i < SG_RANGES; i++)
        sum += cpu->squares[i];
    return sqrt(sum);
}

double sg_cpu_gradient_norm(sg_engine *engine) {
    sg_cpu *cpu = (sg_cpu *)engine;
    sg_cpu_sum_gradient(cpu);
    return norm_of(cpu);
}

/* ------------------------------------------------------------------------------------------------ the step */

static void step_rows(sg_cpu *cpu, const range *r) {
    const sg_kernels *kernels = cpu->request.network->kernels;
    float *parameters = cpu->arrays[SG_ARRAY_PARAMETERS], *gradient = cpu->arrays[SG_ARRAY_GRADIENT];
    const sg_optimiser_step step = {.number = cpu->step.number,
                                    .lr = cpu->step.lr,
                                    .parameters = parameters,
                                    .gradient = gradient,
                                    .begin = r->at,
                                    .end = r->at + r->count,
                                    .decays = r->group->decays};
    sg_cpu_decay_feedback(cpu, r->group, r->at, r->count);
    if (cpu->step.factor < 1)
        kernels->scale(gradient + r->at, (float)cpu->step.factor, r->count);
    sg_optimise(kernels, cpu->request.learn, &cpu->arrays[SG_ARRAY_OPTIMISER], &step);
    if (kernels->first_not_finite(parameters + r->at, r->count) < r->count)
        cpu->finite[r->number] = false;
}

/* The same rows summed, stepped and looked at together, while they are in the cache. */
static void sum_and_step_rows(sg_cpu *cpu, const range *r) {
    sum_and_square_rows(cpu, r);
    step_rows(cpu, r);
}

static void look_at_state(sg_cpu *cpu, const range *r) {
    for (size_t i = 0; i < sg_optimiser_arrays(cpu->request.learn); i++)
        if (cpu->request.network->kernels->first_not_finite(cpu->arrays[SG_ARRAY_OPTIMISER + i] + r->at, r->count) <
            r->count)
            cpu->finite[r->number] = false;
}

/* The optimiser's state is looked at in one range a step, since what is not finite in it stays so. */
static void step_range(void *context, int number, int thread) {
    sg_cpu *cpu = context;
    (void)thread;
    cpu->finite[number] = true;
    if (cpu->summed) {
        walk(cpu, number, step_rows);
    } else {
        cpu->squares[number] = 0;
        walk(cpu, number, sum_and_step_rows);
    }
    if ((uint64_t)number == cpu->step.number % SG_RANGES)
        walk(cpu, number, look_at_state);
}

/* Scaling changes the gradient, so its norm is no longer that of `squares`. */
void sg_cpu_step(sg_engine *engine, const sg_engine_step *step, double *norm, bool *finite) {
    sg_cpu *cpu = (sg_cpu *)engine;
    cpu->step = *step;
    if (cpu->summed) /* as one that was set */
        sg_cpu_sum_gradient(cpu);
    sg_pool_share(cpu->pool, SG_RANGES, step_range, cpu);
    cpu->summed = true;
    cpu->squared = step->factor == 1;
    *norm = norm_of(cpu);
    *finite = true;
    for (int i = 0; i < SG_RANGES; i++)
        *finite = *finite && cpu->finite[i];
    sg_normed_keep(&cpu->normed, cpu->request.trained);
    sg_network_refresh(cpu->request.trained);
}
