"""Times whole training steps of a torchvision network on the GPU, eager or compiled, for deploy/device/check.

usage: torch_step.py NETWORK BATCH PRECISION STEPS eager|compiled

Prints one line of JSON. The input is copied from the host in each step, as Convoy's is.
"""
import json
import sys
import time

import torch
import torchvision

network, batch, precision, steps, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5]
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.backends.cudnn.benchmark = True
model = torchvision.models.get_model(network).cuda().to(memory_format=torch.channels_last)
step = torch.compile(model) if mode == "compiled" else model
images = torch.rand(batch, 3, 224, 224).pin_memory()
slope = torch.full((batch, 1000), 1e-3).cuda()


def run():
    model.zero_grad(set_to_none=True)
    x = images.cuda(non_blocking=True).to(memory_format=torch.channels_last)
    with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bfloat16"):
        y = step(x)
    y.float().backward(slope)


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
print(json.dumps({"backend": "torch " + mode, "network": network, "batch": batch, "precision": precision,
                  "seconds": median, "images_per_second": batch / median,
                  "device_bytes": torch.cuda.max_memory_allocated()}))
