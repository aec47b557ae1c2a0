namespace MailProxy.Transport.Linux.Connections;

/// <summary>Whom a socket tells what no read or write does.</summary>
internal interface ISocketOwner
{
    /// <summary>The peer ended its direction or broke the connection while nobody was reading.</summary>
    void OnPeerGone();

    /// <summary>The socket must go at once.</summary>
    void Abort();
}
