namespace MailProxy.Nodes;

/// <summary>A running node.</summary>
internal interface INode : IAsyncDisposable
{
    /// <summary>Completes if the node cannot go on by itself.</summary>
    Task Failed { get; }

    /// <summary>Reads again what may change while it runs: certificates, ticket keys, and a proxy's configuration. Returns before that is done. Never fails: what is bad is logged and not taken.</summary>
    void Reload();

    /// <summary>Stops in order: readiness first, then listeners, then sessions, then what they used.</summary>
    Task StopAsync();
}
