namespace MailProxy.Routing.Consul;

/// <summary>How Consul is reached and what of it is ours. What is left empty comes from Consul's own environment variables.</summary>
public sealed class ConsulOptions
{
    /// <summary><c>host:port</c>, <c>http://host:port</c>, <c>https://host:port</c> or <c>unix:///path</c>; empty: CONSUL_HTTP_ADDR, else <c>127.0.0.1:8500</c>.</summary>
    public string Address { get; set; } = "";

    /// <summary>ACL token; empty: CONSUL_HTTP_TOKEN. A secret: prefer <see cref="TokenFile"/>.</summary>
    public string Token { get; set; } = "";

    /// <summary>File that holds the ACL token, read again after a refusal; wins over <see cref="Token"/>; empty: CONSUL_HTTP_TOKEN_FILE.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>PEM file of the authorities that sign Consul's certificate; empty: CONSUL_CACERT, else the system's.</summary>
    public string CaFile { get; set; } = "";

    /// <summary>Datacenter to ask; empty: the agent's own.</summary>
    public string Datacenter { get; set; } = "";

    /// <summary>First segment of all our keys, without slashes at its ends.</summary>
    public string Prefix { get; set; } = "mailproxy";

    /// <summary>Name of the service that stores register.</summary>
    public string StoreServiceName { get; set; } = "mail-store";

    /// <summary>How long a blocking query may wait; at most 60 s, because after a snapshot restore a change can go unseen for one wait.</summary>
    public TimeSpan WaitTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long any other request may take. A server without quorum holds requests for 7 s before it answers.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Every mistake, each as one sentence that names the setting (or the environment variable that stands in for it).</summary>
    /// <param name="path">Where these options stand in the configuration, e.g. <c>Consul</c>.</param>
    public IEnumerable<string> Validate(string path)
    {
        var effective = ConsulEnvironment.Apply(this, Environment.GetEnvironmentVariable);
        if (!ConsulAddress.TryParse(effective.Address, out _, out var problem))
        {
            yield return $"{(Address.Length == 0 ? "CONSUL_HTTP_ADDR" : path + ":Address")}: {problem}";
        }

        if (Token.Length != 0 && TokenFile.Length != 0)
        {
            yield return $"{path}:Token and {path}:TokenFile are both set: keep one";
        }

        if (Token.Any(c => c is < '!' or > '~'))
        {
            yield return $"{path}:Token holds characters that cannot stand in an HTTP header (a space or line end, perhaps)";
        }

        if (effective.TokenFile.Length != 0 && !File.Exists(effective.TokenFile))
        {
            yield return $"{(TokenFile.Length == 0 ? "CONSUL_HTTP_TOKEN_FILE" : path + ":TokenFile")}: there is no file {effective.TokenFile}";
        }

        if (effective.CaFile.Length != 0 && !File.Exists(effective.CaFile))
        {
            yield return $"{(CaFile.Length == 0 ? "CONSUL_CACERT" : path + ":CaFile")}: there is no file {effective.CaFile}";
        }

        if (ConsulKey.Problem(Prefix) is { } keyProblem)
        {
            yield return $"{path}:Prefix: {keyProblem}";
        }
        else if (Prefix.EndsWith('/'))
        {
            yield return $"{path}:Prefix: write it without the slash at its end";
        }

        if (ServiceNameProblem())
        {
            yield return $"{path}:StoreServiceName: give the name of a Consul service, e.g. mail-store";
        }

        if (WaitTime < TimeSpan.FromSeconds(1) || WaitTime > TimeSpan.FromSeconds(60))
        {
            yield return $"{path}:WaitTime: {WaitTime} is outside 00:00:01 to 00:01:00";
        }

        if (RequestTimeout < TimeSpan.FromSeconds(1) || RequestTimeout > TimeSpan.FromMinutes(2))
        {
            yield return $"{path}:RequestTimeout: {RequestTimeout} is outside 00:00:01 to 00:02:00";
        }
    }

    private bool ServiceNameProblem() =>
        StoreServiceName.Length == 0 || StoreServiceName.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'));
}
