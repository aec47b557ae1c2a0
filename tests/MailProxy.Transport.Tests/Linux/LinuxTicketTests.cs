using MailProxy.Testing;
using MailProxy.Transport.Linux;
using MailProxy.Transport.Tests.Tls.Tickets;
using MailProxy.Transport.Tls;
using MailProxy.Transport.Tls.Tickets;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

/// <summary>Tickets from the server's side; the client is ours, which offers the last ticket of the same settings.</summary>
public sealed class LinuxTicketTests() : TransportSuite(LinuxTransports.Create), IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_second_session_resumes_and_so_does_each_after_it()
    {
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings());
        Assert.False(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task A_key_from_before_a_rotation_resumes_and_brings_a_new_ticket()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings() with { TicketKeys = keys });
        Assert.False(await IsResumedAsync(client, server));
        keys.Reload(TicketFiles.Write(_directory, 2, 1));
        Assert.True(await IsResumedAsync(client, server));
        keys.Reload(TicketFiles.Write(_directory, 2));
        Assert.True(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task A_ticket_survives_a_rotation_of_random_keys_and_is_renewed()
    {
        using var keys = TicketKeys.Generate(Time);
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings() with { TicketKeys = keys });
        Time.Advance(TicketKeys.Rotation - TimeSpan.FromMinutes(1));
        Assert.False(await IsResumedAsync(client, server));
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task A_ticket_of_an_unknown_key_means_a_full_handshake()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings() with { TicketKeys = keys });
        Assert.False(await IsResumedAsync(client, server));
        keys.Reload(TicketFiles.Write(_directory, 2));
        Assert.False(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task A_garbage_ticket_means_a_full_handshake()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings() with { TicketKeys = keys });
        Assert.False(await IsResumedAsync(client, server));
        // A key of the same name and other secrets: what the ticket holds is noise to it.
        keys.Reload(TicketFiles.WriteOctets(_directory, [.. TicketFiles.Record(1)[..16], .. TicketFiles.Record(9)[16..]]));
        Assert.False(await IsResumedAsync(client, server));
        Assert.True(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task Without_a_key_there_is_no_ticket_and_no_failure()
    {
        var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var (client, server) = (Authority.ClientSettings(), Authority.ServerSettings() with { TicketKeys = keys });
        Assert.False(await IsResumedAsync(client, server));
        keys.Dispose();
        Assert.False(await IsResumedAsync(client, server));
        Assert.False(await IsResumedAsync(client, server));
    }

    [Fact]
    public async Task A_second_node_with_the_same_file_resumes_the_tickets_of_the_first()
    {
        var path = TicketFiles.Write(_directory, 1);
        using var firstKeys = TicketKeys.Load(path);
        using var secondKeys = TicketKeys.Load(path);
        var certificate = Authority.Server();
        var client = Authority.ClientSettings();
        Assert.False(await IsResumedAsync(client, new TlsServerSettings([certificate], ["imap"], TicketKeys: firstKeys)));
        using var second = new LinuxTransport(Time, reactors: 1);
        await using var listener = await second.BindAsync(NewEndPoint);
        var accepting = listener.AcceptAsync().AsTask();
        await using var dialled = new DialogueClient(await Transport.ConnectAsync(listener.EndPoint));
        await using var accepted = new DialogueClient((await accepting.WaitAsync(Patience))!);
        var settings = new TlsServerSettings([certificate], ["imap"], TicketKeys: secondKeys);
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(dialled, client, accepted, settings));
        Assert.Equal((true, true), (TlsOf(dialled).IsResumed, TlsOf(accepted).IsResumed));
    }

    [Fact]
    public async Task A_ticket_is_no_good_under_another_policy_though_the_keys_are_the_same()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var client = Authority.ClientSettings();
        var lenient = Authority.ServerSettings() with { TicketKeys = keys };
        Assert.False(await IsResumedAsync(client, lenient));
        Assert.False(await IsResumedAsync(client, lenient with { ApplicationProtocols = ["imap"] }));
        Assert.False(await IsResumedAsync(client, lenient with { ClientAuthorities = Authority.Authorities }));
        Assert.False(await IsResumedAsync(client, Authority.ServerSettings() with { TicketKeys = keys }));

        // Each of these brought a ticket of its own, but for the one that asks for certificates.
        Assert.False(await IsResumedAsync(client, lenient with { ClientAuthorities = Authority.Authorities }));
    }

    [Fact]
    public async Task A_ticket_of_one_certificate_does_not_resume_where_the_name_picks_another()
    {
        // The default certificate is the same, so a ticket that is judged before the name is would pass.
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var first = Authority.Server();
        var one = new TlsServerSettings([first, Authority.Server("mail.example.org")], [], TicketKeys: keys);
        var two = new TlsServerSettings([first, Authority.Server("mail.example.org")], [], TicketKeys: keys);
        var client = Authority.ClientSettings("mail.example.org");
        Assert.False(await IsResumedAsync(client, one));
        Assert.True(await IsResumedAsync(client, one));
        Assert.False(await IsResumedAsync(client, two));
        Assert.True(await IsResumedAsync(client, two));
    }

    [Fact]
    public async Task Where_client_certificates_are_asked_for_nothing_resumes()
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var strict = Authority.ServerSettings() with { ClientAuthorities = Authority.Authorities, TicketKeys = keys };
        var client = Authority.ClientSettings("localhost", Authority.Client("proxy-1"));
        for (var i = 0; i < 3; i++)
        {
            Assert.False(await IsResumedAsync(client, strict));
        }
    }

    private async Task<bool> IsResumedAsync(TlsClientSettings clientSettings, TlsServerSettings serverSettings)
    {
        var (client, server) = await PairAsync();
        Assert.Equal((TlsOutcome.Done, TlsOutcome.Done), await HandshakeAsync(client, clientSettings, server, serverSettings));
        // The ticket comes with the first octets.
        await server.SendLineAsync("hello");
        await client.ExpectAsync("hello");
        Assert.Equal(TlsOf(server).IsResumed, TlsOf(client).IsResumed);
        return TlsOf(server).IsResumed!.Value;
    }
}
