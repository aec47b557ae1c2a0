using MailProxy.Store.Access;
using MailProxy.Store.Access.Tokens;
using MailProxy.Store.Pop3;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Pop3;

/// <summary>A server over a file store of its own.</summary>
public abstract class Pop3ServerFixture : IAsyncLifetime
{
    protected const string First = "Subject: one\r\n\r\n.dot\r\n..\r\n.\r\nend\r\n";
    protected const string Second = "Subject: two\r\n\r\nl1\r\nl2\r\nl3\r\n";

    // AUTH EXTERNAL as alice@example.org and as bob@example.org.
    protected const string LogIn = "C: AUTH EXTERNAL YWxpY2VAZXhhbXBsZS5vcmc=\nS: +OK *\n";

    private protected TestStore Store { get; private set; } = null!;

    protected Pop3Server Pop3 { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Store = await TestStore.OpenAsync();
        Pop3 = Server(new AccessOptions { TrustedClients = { "proxy-1" } });
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Pop3Server Server(AccessOptions access, TimeProvider? time = null, StoreTokenVerifier? tokens = null) => new(
        Store.Engine,
        new StoreAccess(access, tokens),
        new Pop3ServerOptions { HostName = "store.test", StartTls = new(Certificates.ServerSettings) },
        NullLogger.Instance,
        time ?? TimeProvider.System);

    private protected Task<Dialogue> ConnectAsync() => Dialogue.WithTlsAsync(Pop3.ServeAsync, Certificates.Proxy);

    private protected async Task<Dialogue> LoggedInAsync()
    {
        var dialogue = await ConnectAsync();
        await dialogue.PlayAsync("S: +OK *\n" + LogIn);
        return dialogue;
    }
}
