package org.convoy.jobs;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
      JsonNode written = tree(document);
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

  /**
   * The resources of other projects, against the fields that those have published. Pods' own parts
   * are those of the templates.
   */
  @ParameterizedTest
  @ValueSource(strings = {"spark-application.yaml", "volcano-pod-group.yaml", "kueue.yaml"})
  void otherProjectsKnowEveryField(String name) throws IOException {
    for (String document : documents(name)) {
      JsonNode resource = tree(document);
      assertEquals(Set.of(), problems(resource), () -> name + " " + resource.get("kind"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "spark-application.yaml, onFailureRetries: 3, onFailureRetry: 3, onFailureRetry",
    "spark-application.yaml, instances: 8, instances: 0, minimum value of 1",
    "spark-application.yaml, sparkVersion: 3.5.5, version: 3.5.5, sparkVersion",
    "volcano-pod-group.yaml, minMember: 1, minMember: one, string found",
    "kueue.yaml, nominalQuota: 106Gi, nominalQuota: 106GiB, nominalQuota",
    "kueue.yaml, v1beta2, v1beta1, v1beta2",
  })
  void aFieldThatTheyDoNotKnowIsSeen(String name, String right, String wrong, String said)
      throws IOException {
    Set<String> all = new TreeSet<>();
    for (String document : documents(name)) {
      all.addAll(problems(tree(document.replace(right, wrong))));
    }
    assertTrue(String.join("; ", all).contains(said), all::toString);
  }

  /** What is wrong with a resource, by the schema of its kind. */
  private static Set<String> problems(JsonNode resource) throws IOException {
    String schema = "/kubernetes/" + resource.get("kind").textValue() + ".schema.json";
    try (InputStream in =
        requireNonNull(KubernetesManifestsTest.class.getResourceAsStream(schema), schema)) {
      return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
          .getSchema(in)
          .validate(resource)
          .stream()
          .map(ValidationMessage::getMessage)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The queue is the one that the comment's lines name, and has room for what Volcano reserves. */
  @Test
  void theQueueOfKueueFitsTheRun() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    for (String document : documents("kueue.yaml")) {
      all.add(tree(document));
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
    return tree(Files.readString(HOME.resolve("deploy/kubernetes").resolve(name)));
  }

  private static JsonNode tree(String document) {
    return new ObjectMapper().valueToTree(Serialization.unmarshal(document, Map.class));
  }
}
