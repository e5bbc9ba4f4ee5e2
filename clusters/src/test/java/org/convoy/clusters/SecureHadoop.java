package org.convoy.clusters;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * The program of {@link KerberosCluster}: a key distribution centre, and HDFS and YARN that know
 * their callers by it alone. Hadoop has one kind of security in a process, so it is one of its own.
 */
final class SecureHadoop {
  private static final String SERVICE = "hadoop/localhost";
  private static final String WEB = "HTTP/localhost";

  private SecureHadoop() {}

  /**
   * Starts all, says {@code ready}, and runs until it is killed.
   *
   * @param arguments the folder for all files, then a file that is put into {@code /data}
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Path data = Path.of(arguments[1]);
    MiniKdc center = new MiniKdc(MiniKdc.createConf(), folder.toFile());
    center.start();
    Files.copy(center.getKrb5conf().toPath(), folder.resolve("krb5.conf"));
    File services = folder.resolve("services.keytab").toFile();
    center.createPrincipal(services, SERVICE, WEB);
    center.createPrincipal(
        folder.resolve(KerberosCluster.USER + ".keytab").toFile(), KerberosCluster.USER);

    Configuration settings = settings(center, services);
    UserGroupInformation.setConfiguration(settings);
    UserGroupInformation.loginUserFromKeytab(SERVICE, services.toString());
    HadoopCluster cluster = HadoopCluster.start(folder, settings);
    FileSystem files = cluster.files();
    org.apache.hadoop.fs.Path tar =
        new org.apache.hadoop.fs.Path("/data", data.getFileName().toString());
    files.copyFromLocalFile(new org.apache.hadoop.fs.Path(data.toUri()), tar);
    for (String each : new String[] {"/runs", "/user"}) {
      org.apache.hadoop.fs.Path open = new org.apache.hadoop.fs.Path(each);
      files.mkdirs(open);
      files.setPermission(open, new FsPermission((short) 0777));
    }
    System.out.println(KerberosCluster.READY);
    Thread.currentThread().join();
  }

  private static Configuration settings(MiniKdc center, File keytab) {
    String realm = center.getRealm();
    Configuration settings = new YarnConfiguration();
    settings.set("hadoop.security.authentication", "kerberos");
    for (String server :
        new String[] {
          "dfs.namenode.kerberos",
          "dfs.datanode.kerberos",
          "yarn.resourcemanager",
          "yarn.nodemanager"
        }) {
      settings.set(server + ".principal", SERVICE + "@" + realm);
    }
    settings.set("dfs.web.authentication.kerberos.principal", WEB + "@" + realm);
    for (String server :
        new String[] {
          "dfs.namenode.keytab.file",
          "dfs.datanode.keytab.file",
          "dfs.web.authentication.kerberos.keytab",
          "yarn.resourcemanager.keytab",
          "yarn.nodemanager.keytab"
        }) {
      settings.set(server, keytab.toString());
    }
    settings.setBoolean("dfs.block.access.token.enable", true);
    // Data nodes of a test have no ports that only root may open.
    settings.setBoolean("ignore.secure.ports.for.testing", true);
    settings.setLong("dfs.namenode.delegation.token.renew-interval", KerberosCluster.TOKEN_MILLIS);
    settings.setLong("dfs.namenode.delegation.token.max-lifetime", KerberosCluster.TOKEN_MILLIS);
    // A connection that is used goes on with a token that has ended. New ones are refused.
    settings.setInt("ipc.client.connection.maxidletime", 500);
    // The nodes know the centre, as by /etc/krb5.conf.
    settings.set(
        "yarn.nodemanager.admin-env",
        "JDK_JAVA_OPTIONS=-Djava.security.krb5.conf=" + center.getKrb5conf());
    return settings;
  }
}
