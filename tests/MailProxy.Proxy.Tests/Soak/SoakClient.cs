using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>One client of a soak, from connect to whatever end.</summary>
internal sealed class SoakClient(SoakProxy proxy, Random random, SoakTally tally)
{
    private const int Largest = 4 * 1024 * 1024;

    // The longest a session may take; what takes longer is a hang, and told as one.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Does one thing.</summary>
    public async Task RunAsync()
    {
        var act = (SoakAct)random.Next(Enum.GetValues<SoakAct>().Length);
        tally.Add(act.ToString());
        using var patience = new CancellationTokenSource(Limit);
        try
        {
            await RunAsync(act, patience.Token);
            tally.Add("to the end");
        }
        catch (OperationCanceledException)
        {
            tally.Wrong($"{act} hung");
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or ObjectDisposedException)
        {
            // A store that left early, or a user that was moved: no fault of the proxy's.
            tally.Add("cut off");
        }
    }

    private async Task RunAsync(SoakAct act, CancellationToken patience)
    {
        var isTls = act == SoakAct.LeaveInHello || random.Next(2) == 0;
        using var client = await SoakSocket.ConnectAsync(isTls ? proxy.Encrypted : proxy.Clear, patience);
        if (random.Next(2) == 0)
        {
            client.WillReset();
        }

        switch (act)
        {
            case SoakAct.LeaveAtOnce:
                return;
            case SoakAct.LeaveInHello:
                await client.SendAsync("\u0016\u0003\u0001\u0002\u0000\u0001"[..random.Next(7)], patience);
                await SoakPause.OfAsync(random.Next(20), patience);
                return;
        }

        if (isTls)
        {
            await client.BecomeClientAsync(proxy.Verifies, patience);
        }

        var user = SoakProxy.UserOf(random);
        var login = $"a LOGIN {user} {(act == SoakAct.FailLogin ? "wrong" : "secret")}\r\n";
        await client.ReadLineAsync(patience);
        if (act == SoakAct.LeaveInLogin)
        {
            await client.SendAsync(login[..random.Next(login.Length + 1)], patience);
            await SoakPause.OfAsync(random.Next(20), patience);
            return;
        }

        await client.SendAsync(login, patience);
        if (await client.ReadLineAsync(patience) is { } answer && answer.StartsWith("a OK", StringComparison.Ordinal))
        {
            await UseAsync(client, user, act, patience);
        }
    }

    private async Task UseAsync(SoakSocket client, string user, SoakAct act, CancellationToken patience)
    {
        var size = random.Next(Largest);
        switch (act)
        {
            case SoakAct.Speak or SoakAct.FailLogin:
                await CommandAsync(client, "NOOP", patience);
                break;
            case SoakAct.HalfClose:
                await client.SendAsync(Text($"b GET {size}\r\n"), patience);
                await client.EndAsync();
                await ReadHeaderAsync(client, patience);
                Check(await client.ReadPatternAsync(size, patience), "a download after a half-close");
                await client.ReadToTheEndAsync(patience);
                break;
            case SoakAct.Get:
                await client.SendAsync(Text($"b GET {size}\r\n"), patience);
                await ReadHeaderAsync(client, patience);
                Check(await client.ReadPatternAsync(size, patience), "a download");
                Check(await client.ReadLineAsync(patience) is var close and not (null or ")") ? close : null, "the line behind a download");
                Check(await client.ReadLineAsync(patience) is var line and not (null or "b OK") ? line : null, "the answer behind a download");
                break;
            case SoakAct.LeaveInGet:
                await client.SendAsync(Text($"b GET {Largest}\r\n"), patience);
                await ReadHeaderAsync(client, patience);
                Check(await client.ReadPatternAsync(random.Next(2) * random.Next(Largest), patience), "half a download");
                await SoakPause.OfAsync(random.Next(50), patience);
                break;
            case SoakAct.Put:
                await client.SendAsync(Text($"b PUT {{{size}+}}\r\n"), patience);
                await SendAsync(client, size, patience);
                await client.SendAsync("\r\n", patience);
                Check(await ReadFirstLineAsync(client, patience) is var reply and not (null or "b OK") ? reply : null, "the answer to an upload");
                break;
            case SoakAct.LeaveInPut:
                await client.SendAsync(Text($"b PUT {{{Largest}+}}\r\n"), patience);
                await SendAsync(client, random.Next(Largest), patience);
                break;
            case SoakAct.StoreLeaves:
                await client.SendAsync(Text($"b CUT {size}\r\n"), patience);
                await ReadHeaderAsync(client, patience);
                await client.ReadPatternAsync(size, patience);
                break;
            case SoakAct.Stuck:
                await client.SendAsync(Text($"b STUCK {random.Next(1, 200)}\r\n"), patience);
                await SendAsync(client, 4 * Largest, patience);
                break;
            case SoakAct.Moved:
                await CommandAsync(client, "NOOP", patience);
                proxy.Move(user);
                await client.ReadToTheEndAsync(patience);
                break;
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // Whoever moved hears so instead of an answer, never in the middle of one.
    private static async Task<string?> ReadFirstLineAsync(SoakSocket client, CancellationToken patience)
    {
        var line = await client.ReadLineAsync(patience);
        return line?.StartsWith("* BYE [UNAVAILABLE] Your mailbox has moved", StringComparison.Ordinal) == true ? throw new EndOfStreamException() : line;
    }

    private async Task ReadHeaderAsync(SoakSocket client, CancellationToken patience) =>
        Check(
            await ReadFirstLineAsync(client, patience) is var line && line?.StartsWith("* 1 FETCH (BODY[] {", StringComparison.Ordinal) == false ? line : null,
            "the line before a download");

    private static async Task CommandAsync(SoakSocket client, string command, CancellationToken patience)
    {
        await client.SendAsync($"b {command}\r\n", patience);
        await client.ReadLineAsync(patience);
    }

    private static async Task SendAsync(SoakSocket client, int octets, CancellationToken patience)
    {
        for (var at = 0; at < octets;)
        {
            var piece = SoakPattern.From(at, octets - at);
            await client.SendAsync(piece, patience);
            at += piece.Length;
        }
    }

    private void Check(string? wrong, string what)
    {
        if (wrong is not null)
        {
            tally.Wrong($"{what}: {wrong}");
        }
    }
}
