package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifest for the Spark operator asks for the same as the submission by {@code submit}. */
final class KubernetesManifestsTest {
  private static final Path HOME = Path.of(System.getProperty("convoy.home"));

  @ParameterizedTest
  @ValueSource(strings = {"driver", "executor"})
  void podsOfTheOperatorAreThoseOfTheTemplates(String role) throws IOException {
    JsonNode application = read("spark-application.yaml").get("spec");
    JsonNode template = read(role + "-pod.yaml").get("spec");
    JsonNode pod = application.get(role);
    JsonNode container = template.at("/containers/0");
    assertEquals(template.get("securityContext"), pod.get("podSecurityContext"));
    assertEquals(container.get("securityContext"), pod.get("securityContext"));
    assertEquals(container.get("volumeMounts"), pod.get("volumeMounts"));
    assertEquals(template.get("volumes"), application.get("volumes"));
  }

  @Test
  void settingsOfTheOperatorAreTheDefaults() throws IOException {
    JsonNode application = read("spark-application.yaml").get("spec");
    Properties defaults = new Properties();
    try (Reader in = Files.newBufferedReader(HOME.resolve("conf/spark-defaults.conf"))) {
      defaults.load(in);
    }
    application
        .get("sparkConf")
        .fields()
        .forEachRemaining(
            setting -> {
              if (!setting.getKey().equals("spark.task.cpus")) {
                assertEquals(
                    defaults.getProperty(setting.getKey()),
                    setting.getValue().textValue(),
                    setting.getKey());
              }
            });
    JsonNode executor = application.get("executor");
    int cores = executor.get("cores").intValue();
    assertEquals(cores, application.at("/sparkConf/spark.task.cpus").asInt());
    assertEquals(Integer.toString(cores), executor.get("coreLimit").textValue());
    assertEquals(cores * 950 + "m", executor.get("coreRequest").textValue());
    assertEquals(Integer.toString(cores), executor.at("/env/0/value").textValue());
  }

  /** Kubernetes would drop a field that it does not know, or refuse it. */
  @ParameterizedTest
  @ValueSource(strings = {"driver-pod.yaml", "executor-pod.yaml", "rbac.yaml"})
  void kubernetesKnowsEveryField(String name) throws Exception {
    for (String document : documents(name)) {
      KubernetesResource typed = Serialization.unmarshal(document, KubernetesResource.class);
      JsonNode written =
          new ObjectMapper().valueToTree(Serialization.unmarshal(document, Map.class));
      assertEquals(
          "io.fabric8.kubernetes.api.model",
          typed.getClass().getPackageName().replace(".rbac", ""),
          () -> "the kind " + written.get("kind"));
      assertEquals(List.of(), unknown(typed), () -> name + " " + written.get("kind"));
    }
  }

  @Test
  void aFieldThatKubernetesDoesNotKnowIsSeen() throws Exception {
    String misspelt = documents("executor-pod.yaml").get(0).replace("runAsNonRoot", "runAsNonroot");
    assertEquals(
        List.of("runAsNonroot"),
        unknown(Serialization.unmarshal(misspelt, KubernetesResource.class)));
  }

  /** The queue is the one that the comment's lines name, and has room for what Volcano reserves. */
  @Test
  void theQueueOfKueueFitsTheRun() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    for (String document : documents("kueue.yaml")) {
      all.add(new ObjectMapper().valueToTree(Serialization.unmarshal(document, Map.class)));
    }
    JsonNode flavor = all.get(0);
    JsonNode cluster = all.get(1);
    JsonNode local = all.get(2);
    assertEquals(
        List.of("ResourceFlavor", "ClusterQueue", "LocalQueue"),
        all.stream().map(each -> each.get("kind").textValue()).toList());
    assertEquals(cluster.at("/metadata/name"), local.at("/spec/clusterQueue"));
    JsonNode granted = cluster.at("/spec/resourceGroups/0/flavors/0");
    assertEquals(flavor.at("/metadata/name"), granted.get("name"));
    JsonNode reserved = read("volcano-pod-group.yaml").at("/spec/minResources");
    for (JsonNode resource : granted.get("resources")) {
      assertEquals(reserved.get(resource.get("name").textValue()), resource.get("nominalQuota"));
    }
    String text = Files.readString(HOME.resolve("deploy/kubernetes/kueue.yaml"));
    String queue = local.at("/metadata/name").textValue();
    for (String role : List.of("driver", "executor")) {
      String label = "spark.kubernetes." + role + ".label.kueue.x-k8s.io/queue-name=" + queue;
      assertTrue(text.contains(label), label);
    }
    JsonNode executors = read("spark-application.yaml").at("/spec/executor/instances");
    assertTrue(text.contains("pod-group-total-count=" + executors + "\n"), executors::toString);
  }

  private static List<String> documents(String name) throws IOException {
    return List.of(
        Files.readString(HOME.resolve("deploy/kubernetes").resolve(name)).split("\n---\n"));
  }

  /** The names of fields that the types of fabric8's model do not have, at any depth. */
  private static List<String> unknown(Object part) throws ReflectiveOperationException {
    List<String> names = new ArrayList<>();
    if (part instanceof Collection<?> list) {
      for (Object each : list) {
        names.addAll(unknown(each));
      }
    } else if (part instanceof KubernetesResource) {
      for (Method getter : part.getClass().getMethods()) {
        Object value =
            getter.getName().startsWith("get") && getter.getParameterCount() == 0
                ? getter.invoke(part)
                : null;
        if (getter.getName().equals("getAdditionalProperties") && value instanceof Map<?, ?> more) {
          more.keySet().forEach(key -> names.add(String.valueOf(key)));
        } else if (value != null) {
          names.addAll(unknown(value));
        }
      }
    }
    return names;
  }

  private static JsonNode read(String name) throws IOException {
    String text = Files.readString(HOME.resolve("deploy/kubernetes").resolve(name));
    return new ObjectMapper().valueToTree(Serialization.unmarshal(text, Map.class));
  }
}
