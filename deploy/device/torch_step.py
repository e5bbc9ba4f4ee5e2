"""Times training steps or predictions of a torchvision network on the GPU, eager or compiled, for deploy/device/check.

usage: torch_step.py NETWORK BATCH PRECISION STEPS training|inference eager|compiled

Prints one line of JSON. The input is copied from the host in each step, as Convoy's is.
"""
import json
import sys
import time

import torch
import torchvision

network, batch, precision, steps = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
trains, mode = sys.argv[5] == "training", sys.argv[6]
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
# Timing every engine takes minutes for networks of depthwise convolutions.
torch.backends.cudnn.benchmark = network.startswith(("resnet", "convnext"))
model = torchvision.models.get_model(network).cuda().to(memory_format=torch.channels_last)
model.train(trains)
step = torch.compile(model) if mode == "compiled" else model
images = torch.rand(batch, 3, 224, 224).pin_memory()
gradient = torch.full((batch, 1000), 1e-3).cuda()


def run():
    if trains:
        model.zero_grad(set_to_none=True)
    x = images.cuda(non_blocking=True).to(memory_format=torch.channels_last)
    with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bfloat16"), torch.set_grad_enabled(trains):
        y = step(x)
    if trains:
        y.float().backward(gradient)
    else:
        y.float().cpu()


for _ in range(5):
    run()
torch.cuda.synchronize()
seconds = []
for _ in range(steps):
    start = time.perf_counter()
    run()
    torch.cuda.synchronize()
    seconds.append(time.perf_counter() - start)
seconds.sort()
median = seconds[steps // 2]
print(json.dumps({"backend": "torch " + mode, "mode": sys.argv[5], "network": network, "batch": batch, "precision": precision,
                  "seconds": median, "images_per_second": batch / median,
                  "device_bytes": torch.cuda.max_memory_allocated()}))
