namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>A proxy that clients can be pointed at, whatever stores are behind it.</summary>
internal interface IMailCluster
{
    /// <summary>The CA's certificate.</summary>
    string Authority { get; }

    /// <summary>A port of the proxy by its standard number.</summary>
    int Port(int standard);
}
