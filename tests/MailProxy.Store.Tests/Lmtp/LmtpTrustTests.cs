using MailProxy.Store.Access;
using MailProxy.Store.Tests.Engine;
using MailProxy.Store.Tests.Serving;
using Xunit;

namespace MailProxy.Store.Tests.Lmtp;

public sealed class LmtpTrustTests : LmtpServerFixture
{
    [Fact]
    public async Task Only_trusted_peers_hand_in_mail()
    {
        var server = Server(new AccessOptions { TrustedClients = { "proxy-1" } });
        await using var stranger = await Dialogue.WithTlsAsync(server.ServeAsync, Certificates.OtherClient);
        await stranger.PlayAsync(Hello.Replace("S: 250-SIZE 2000\nS: 250 XCLIENT ADDR PORT SESSION TTL", "S: 250 SIZE 2000", StringComparison.Ordinal) + """
            C: MAIL FROM:<x@example.net>
            S: 550 5.7.1 *
            C: XCLIENT ADDR=192.0.2.1
            S: 550 5.7.1 *
            """);
        await using var clear = await Dialogue.InClearAsync(server.ServeAsync, Certificates.Proxy);
        await clear.PlayAsync(Hello.Replace("XCLIENT ADDR PORT SESSION TTL", "STARTTLS", StringComparison.Ordinal) + """
            C: MAIL FROM:<x@example.net>
            S: 530 5.7.0 *
            C: STARTTLS
            S: 220 *
            TLS
            C: MAIL FROM:<x@example.net>
            S: 503 5.5.1 LHLO *

            """ + Hello[(Hello.IndexOf('\n', StringComparison.Ordinal) + 1)..] + ToAlice);
    }

    [Fact]
    public async Task Clear_text_is_for_configurations_that_say_so()
    {
        var server = Server(new AccessOptions { AllowClearText = true });
        await using var dialogue = await Dialogue.InClearAsync(server.ServeAsync);
        await dialogue.PlayAsync("S: 220 *\nC: LHLO x\n");
        while (!(await dialogue.ReadLineAsync())!.StartsWith("250 ", StringComparison.Ordinal))
        {
        }

        await dialogue.PlayAsync(ToAlice + "C: DATA\nS: 354 *\nC: .\nS: 250 *");
    }

    [Fact]
    public async Task Commands_behind_starttls_end_the_session()
    {
        var server = Server(new AccessOptions { TrustedClients = { "proxy-1" } });
        await using var dialogue = await Dialogue.InClearAsync(server.ServeAsync);
        await dialogue.PlayAsync("S: 220 *\nC: STARTTLS\nC: LHLO x\n");
        var answers = new List<string>();
        while (await dialogue.ReadLineAsync() is { } line)
        {
            answers.Add(line);
        }

        Assert.DoesNotContain(answers, line => line.StartsWith("250", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Xclient_starts_the_session_over()
    {
        await using var dialogue = await GreetedAsync();
        await dialogue.PlayAsync($"""
            C: XCLIENT ADDR=IPV6:2001:db8::1 PORT=4000 SESSION=s1 TTL=4
            S: 220 store.test LMTP
            C: MAIL FROM:<x@example.net>
            S: 503 *
            C: LHLO x
            """);
        while (!(await dialogue.ReadLineAsync())!.StartsWith("250 ", StringComparison.Ordinal))
        {
        }

        await dialogue.PlayAsync($"{ToAlice}C: XCLIENT ADDR=192.0.2.1\nS: 503 *\nC: DATA\nS: 354 *\nC: .\nS: 250 *");
    }
}
