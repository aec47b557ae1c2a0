using MailProxy.Store.Access;
using MailProxy.Store.Engine.Files;
using MailProxy.Store.Lmtp;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MailProxy.Store.Tests.Lmtp;

/// <summary>A server over a file store of its own.</summary>
public abstract class LmtpServerFixture : IAsyncLifetime
{
    protected const long SizeLimit = 2_000;

    protected const string Hello = """
        S: 220 store.test LMTP
        C: LHLO proxy.test
        S: 250-store.test
        S: 250-PIPELINING
        S: 250-ENHANCEDSTATUSCODES
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-CHUNKING
        S: 250-SIZE 2000
        S: 250 XCLIENT ADDR PORT SESSION TTL

        """;

    protected const string ToAlice = "C: MAIL FROM:<sender@example.net>\nS: 250 *\nC: RCPT TO:<alice@example.org>\nS: 250 *\n";

    private protected TestStore Store { get; private set; } = null!;

    // The tests send the same message again and again.
    public async ValueTask InitializeAsync() => Store = await TestStore.OpenAsync(options => options.RepeatWindow = TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected LmtpServer Server(AccessOptions access, Func<LmtpServerOptions, LmtpServerOptions>? configure = null, FileStoreEngine? engine = null)
    {
        var options = new LmtpServerOptions { HostName = "store.test", StartTls = new(Certificates.ServerSettings), MessageSizeLimit = SizeLimit };
        return new(engine ?? Store.Engine, new StoreAccess(access), configure?.Invoke(options) ?? options, NullLogger.Instance, TimeProvider.System);
    }

    private protected async Task<Dialogue> GreetedAsync()
    {
        var server = Server(new AccessOptions { TrustedClients = { "proxy-1" } });
        var dialogue = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.Proxy);
        await dialogue.PlayAsync(Hello);
        return dialogue;
    }

    protected async Task<List<string>> InboxAsync(string user)
    {
        await using var inbox = await Store.MailboxAsync(user);
        var contents = new List<string>();
        foreach (var uid in TestStore.Uids(inbox))
        {
            contents.Add((await TestStore.ContentAsync(inbox, uid))!);
        }

        return contents;
    }

    protected async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(await InboxAsync(TestStore.Alice));
        Assert.Empty(Store.DraftFiles());
        Assert.Empty(Store.MessageFiles());
    }
}
