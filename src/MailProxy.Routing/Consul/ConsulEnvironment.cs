namespace MailProxy.Routing.Consul;

/// <summary>Fills what options leave empty from the environment variables that Consul's own tools read.</summary>
public static class ConsulEnvironment
{
    /// <summary>A copy of the options with the environment applied.</summary>
    /// <param name="options">What the configuration says; it wins.</param>
    /// <param name="variable">Reads one variable; <see cref="Environment.GetEnvironmentVariable(string)"/> outside tests.</param>
    public static ConsulOptions Apply(ConsulOptions options, Func<string, string?> variable)
    {
        string From(string configured, string name) => configured.Length != 0 ? configured : variable(name) ?? "";

        var address = From(options.Address, "CONSUL_HTTP_ADDR");
        if (address.Length == 0)
        {
            address = ConsulAddress.Default;
        }

        if (variable("CONSUL_HTTP_SSL") is "1" or "true" && !address.Contains("://", StringComparison.Ordinal))
        {
            address = "https://" + address;
        }

        // A token that the configuration gives must not be overruled by a file that the environment names.
        var configuredToken = options.Token.Length != 0;
        return new ConsulOptions
        {
            Address = address,
            Token = From(options.Token, "CONSUL_HTTP_TOKEN"),
            TokenFile = configuredToken ? options.TokenFile : From(options.TokenFile, "CONSUL_HTTP_TOKEN_FILE"),
            CaFile = From(options.CaFile, "CONSUL_CACERT"),
            Datacenter = options.Datacenter,
            Prefix = options.Prefix,
            StoreServiceName = options.StoreServiceName,
            WaitTime = options.WaitTime,
            RequestTimeout = options.RequestTimeout,
        };
    }
}
