using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Wire;
using MailProxy.Routing.Catalog;

namespace MailProxy.Proxy.Relay;

/// <summary>A connection to a store on which a transaction may begin: greeted, encrypted where it shall be, LHLO answered.</summary>
/// <param name="node">The store as the catalog knew it when it was dialled.</param>
/// <param name="connection">The connection.</param>
internal sealed class RelayLink(StoreNode node, StoreConnection connection) : IAsyncDisposable
{
    /// <summary>The store.</summary>
    public StoreNode Node => node;

    /// <summary>The connection.</summary>
    public StoreConnection Connection => connection;

    /// <summary>For commands and replies.</summary>
    public MailWire Wire { get; } = new(connection.Connection);

    /// <summary>What the store offers; set once it has said so.</summary>
    public SmtpExtensions? Offers { get; set; }

    /// <summary>It served a transaction before, so the store may have closed it meanwhile.</summary>
    public bool WasUsed { get; set; }

    /// <summary>When it came to rest, as a timestamp of the clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>Politely, when nothing is open on it.</summary>
    public async ValueTask QuitAsync()
    {
        // Whether it is heard changes nothing.
        using var brief = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await Wire.SendAsync("QUIT\r\n", brief.Token);
        }
        catch (OperationCanceledException)
        {
            connection.Connection.Abort();
        }

        await DisposeAsync();
    }

    /// <summary>At once: what is open on it leaves nothing behind at the store.</summary>
    public ValueTask CutAsync()
    {
        connection.Connection.Abort();
        return DisposeAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
