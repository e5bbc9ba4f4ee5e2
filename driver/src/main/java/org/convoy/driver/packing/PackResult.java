package org.convoy.driver.packing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A data set that was packed, as {@code summary.json} in its folder has it. */
public record PackResult(PackRequest request, int classes, List<PackedSplit> splits) {

  /** The result as an object of JSON. */
  public Map<String, Object> toJson() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("source", request.source());
    object.put("destination", request.destination());
    object.put("side", request.side());
    object.put("quality", request.quality());
    object.put("classes", classes);
    object.put("splits", splits.stream().map(PackedSplit::toJson).toList());
    return object;
  }
}
