namespace MailProxy.Routing.Consul.Client;

/// <summary>The client over HTTP.</summary>
public sealed class ConsulClient : IConsulClient
{
    private readonly ConsulHttp http;

    /// <summary>A client for the agent that the options and Consul's environment variables name.</summary>
    /// <exception cref="ConsulException">The address cannot be understood, or the CA file cannot be used.</exception>
    public ConsulClient(ConsulOptions options, TimeProvider time)
        : this(ConsulEnvironment.Apply(options, Environment.GetEnvironmentVariable), null, time)
    {
    }

    /// <summary>A client that sends through a handler of the caller's.</summary>
    internal ConsulClient(ConsulOptions options, HttpMessageHandler? handler, TimeProvider time)
    {
        if (!ConsulAddress.TryParse(options.Address, out var address, out var problem))
        {
            throw new ConsulException(ConsulFault.Permanent, $"Consul's address: {problem}");
        }

        http = new ConsulHttp(handler ?? ConsulHandler.Create(address, options), address, options, new ConsulToken(options), time);
        Kv = new KvEndpoint(http);
        Health = new HealthEndpoint(http);
        Agent = new AgentEndpoint(http);
        Session = new SessionEndpoint(http);
        Txn = new TxnEndpoint(http);
        Status = new StatusEndpoint(http);
    }

    /// <inheritdoc/>
    public string Address => http.Address;

    /// <inheritdoc/>
    public IConsulKv Kv { get; }

    /// <inheritdoc/>
    public IConsulHealth Health { get; }

    /// <inheritdoc/>
    public IConsulAgent Agent { get; }

    /// <inheritdoc/>
    public IConsulSession Session { get; }

    /// <inheritdoc/>
    public IConsulTxn Txn { get; }

    /// <inheritdoc/>
    public IConsulStatus Status { get; }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
