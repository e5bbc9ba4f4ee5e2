package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static JsonNode read(String name) throws IOException {
    String text = Files.readString(HOME.resolve("deploy/kubernetes").resolve(name));
    return new ObjectMapper().valueToTree(Serialization.unmarshal(text, Map.class));
  }
}
