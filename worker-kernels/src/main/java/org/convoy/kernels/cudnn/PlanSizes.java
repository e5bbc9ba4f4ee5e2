package org.convoy.kernels.cudnn;

import java.util.Map;
import org.convoy.graph.Fusion;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.kernels.Choices;
import org.convoy.kernels.Mode;
import org.convoy.kernels.PlanMemory;
import org.convoy.kernels.PlanRequest;
import org.convoy.kernels.plan.Edges;
import org.convoy.kernels.plan.Home;
import org.convoy.kernels.plan.Program;

/**
 * A program and the memory that it takes.
 *
 * @param choices which engine computes what
 * @param device the bytes of each home on the device, but for the flat vectors
 * @param memory of the host and of the device, with the flat vectors
 */
record PlanSizes(
    Program<Step> program, Choices choices, Map<Home, Long> device, PlanMemory memory) {

  static PlanSizes of(Graph graph, PlanRequest request, Engines engines) {
    Parameters layout = Parameters.of(graph);
    GraphLowering.Result lowered =
        GraphLowering.lower(Fusion.apply(graph), layout, request, engines);
    Program<Step> program = lowered.program();
    long input = Edges.inputBytes(graph, request);
    long output = Edges.outputBytes(graph, request);
    Map<Home, Long> device = DeviceMemory.sizes(program, input, output);
    long edges = Edges.bytes(graph, request);
    int vectors = request.mode() == Mode.TRAINING ? 2 : 1;
    PlanMemory memory =
        new PlanMemory(
            0, 0, edges, DeviceMemory.bytes(device) + vectors * layout.length() * Float.BYTES);
    return new PlanSizes(program, lowered.choices(), device, memory);
  }
}
