using System.Diagnostics;
using System.Net;
using MailProxy.Testing;
using MailProxy.Transport.Tests.Tls.Tickets;
using MailProxy.Transport.Tls;
using MailProxy.Transport.Tls.Tickets;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.Transport.Tests.Linux;

/// <summary>Tickets with a client that keeps them as it likes and shows them where it likes: openssl s_client.</summary>
public sealed class LinuxForeignTicketTests() : TransportSuite(LinuxTransports.Create), IDisposable
{
    private const string Program = "/usr/bin/openssl";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_ticket_resumes_under_its_own_name_and_under_no_other(string version)
    {
        // CVE-2025-23419: the client may ask for any name with any ticket.
        var settings = new TlsServerSettings([Authority.Server(), Authority.Server("a.example.org"), Authority.Server("b.example.org")], []);
        await using var listener = await Transport.BindAsync(NewEndPoint);
        Assert.False(await ConnectAsync(listener, settings, version, "-servername", "a.example.org", "-sess_out", Ticket("a")));
        Assert.False(await ConnectAsync(listener, settings, version, "-servername", "b.example.org", "-sess_in", Ticket("a")));
        Assert.False(await ConnectAsync(listener, settings, version, "-servername", "unknown.example.org", "-sess_in", Ticket("a")));
        Assert.False(await ConnectAsync(listener, settings, version, "-noservername", "-sess_in", Ticket("a")));
        Assert.True(await ConnectAsync(listener, settings, version, "-servername", "a.example.org", "-sess_in", Ticket("a")));
        Assert.False(await ConnectAsync(listener, settings, version, "-noservername", "-sess_out", Ticket("none")));
        Assert.False(await ConnectAsync(listener, settings, version, "-servername", "a.example.org", "-sess_in", Ticket("none")));
        Assert.True(await ConnectAsync(listener, settings, version, "-noservername", "-sess_in", Ticket("none")));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_ticket_of_a_former_key_is_renewed_in_both_versions(string version)
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var settings = Authority.ServerSettings() with { TicketKeys = keys };
        await using var listener = await Transport.BindAsync(NewEndPoint);
        var first = await RunAsync(listener, settings, version, "-sess_out", Ticket("old"));
        keys.Reload(TicketFiles.Write(_directory, 2, 1));
        var second = await RunAsync(listener, settings, version, "-sess_in", Ticket("old"));
        Assert.Equal((false, true), (first.IsResumed, second.IsResumed));

        // The program shows the ticket it has in the end, and a ticket begins with its key's name.
        Assert.Contains("0000 - 01 01 01 01", first.Output, StringComparison.Ordinal);
        Assert.Contains("0000 - 02 02 02 02", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_ticket_of_a_lenient_listener_is_no_good_at_a_strict_one(string version)
    {
        using var keys = TicketKeys.Load(TicketFiles.Write(_directory, 1));
        var lenient = Authority.ServerSettings() with { TicketKeys = keys };
        var strict = lenient with { ClientAuthorities = Authority.Authorities };
        await using var listener = await Transport.BindAsync(NewEndPoint);
        Assert.False(await ConnectAsync(listener, lenient, version, "-sess_out", Ticket("lenient")));
        Assert.True(await ConnectAsync(listener, lenient, version, "-sess_in", Ticket("lenient")));
        Assert.False(await ConnectAsync(listener, strict, version, "-sess_in", Ticket("lenient"), "-sess_out", Ticket("strict")));
        Assert.Empty(File.Exists(Ticket("strict")) && version == "-tls1_3" ? "TLS 1.3 brought a ticket" : "");
    }

    private string Ticket(string name) => _directory.File(name + ".pem");

    private static async Task<bool> ConnectAsync(IConnectionListener listener, TlsServerSettings settings, params string[] arguments) =>
        (await RunAsync(listener, settings, arguments)).IsResumed;

    private static async Task<(bool IsResumed, string Output)> RunAsync(IConnectionListener listener, TlsServerSettings settings, params string[] arguments)
    {
        Assert.SkipUnless(File.Exists(Program), "openssl is not installed");
        var accepting = listener.AcceptAsync().AsTask();
        string[] all = ["s_client", "-connect", ((IPEndPoint)listener.EndPoint).ToString(), "-ign_eof", .. arguments];
        using var process = Process.Start(new ProcessStartInfo(Program, all)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await using var server = new DialogueClient((await accepting.WaitAsync(Patience))!);
        var outcome = await TlsOf(server).BecomeServerAsync(settings, CancellationToken.None).AsTask().WaitAsync(Patience);
        await server.SendLineAsync("hello");
        await server.EndAsync();
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(outcome == TlsOutcome.Done && (await output).Contains("hello", StringComparison.Ordinal), await output + await errors);
        return (TlsOf(server).IsResumed!.Value, await output);
    }
}
