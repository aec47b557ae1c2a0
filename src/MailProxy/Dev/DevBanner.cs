namespace MailProxy.Dev;

/// <summary>What <c>mailproxy dev</c> prints when everything listens.</summary>
internal static class DevBanner
{
    // As it was started: nobody who tries it has it on their path.
    private static string Program => Path.GetFileNameWithoutExtension(Environment.ProcessPath) switch
    {
        null or "dotnet" => $"dotnet {Path.Combine(AppContext.BaseDirectory, "mailproxy.dll")}",
        _ => Environment.ProcessPath!,
    };

    /// <summary>Where everything is, and some things to try.</summary>
    public static string Text(DevSettings settings, DevFiles files) => $"""

        A mail cluster is running: {settings.Stores} {(settings.Stores == 1 ? "store" : "stores")} behind one proxy. Everything is on 127.0.0.1; Ctrl-C ends it.

          IMAP {settings.Port(143)}   IMAPS {settings.Port(993)}   POP3 {settings.Port(110)}   POP3S {settings.Port(995)}
          submission {settings.Port(587)}   submissions {settings.Port(465)}   MX {settings.Port(25)}   LMTP {settings.Port(24)}
          HTTP {settings.Port(7080)}   admin {settings.Port(7081)}   agent-check {settings.Port(7082)}   admin API {settings.Port(7083)}   Consul API {settings.Port(7500)}

          users     alice@example.org, bob@example.org, carol@example.org; password: secret ({files.Users})
          CA        {files.Authority}
          mail      {files.Folder}

        Try:
          swaks --server 127.0.0.1:{settings.Port(25)} --to bob@example.org --from me@example.net
          curl --cacert {files.Authority} --user bob@example.org:secret 'imaps://localhost:{settings.Port(993)}/INBOX?ALL'
          {Program} user move alice@example.org store-2 --config {files.ProxyConfiguration}
          {Program} sessions --config {files.ProxyConfiguration}
          curl -X PUT http://127.0.0.1:{settings.Port(7500)}/v1/kv/mailproxy/users/bob@example.org -d store-2

        """;
}
