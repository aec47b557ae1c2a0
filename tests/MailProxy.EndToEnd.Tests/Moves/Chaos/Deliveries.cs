using System.Globalization;
using System.Net.Sockets;
using MailProxy.EndToEnd.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A mail server somewhere: one message after the other, to one user or two. What is put off is not sent again: each id is sent once.</summary>
internal sealed class Deliveries(ChaosCluster cluster, IReadOnlyList<ChaosUser> users, int number, ChaosDice dice, ChaosJournal journal, int pause)
{
    private int _sent;

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ChaosUser[] to = dice.Percent(20) ? [dice.Of(users), dice.Of(users)] : [dice.Of(users)];
            var id = string.Create(CultureInfo.InvariantCulture, $"mx-{number}-{++_sent}");
            try
            {
                await SendAsync(id, [.. to.Distinct()], dice.Next(ChaosCluster.Size));
            }
            catch (ChaosCutException)
            {
                journal.Count("messages without an answer");
            }
            catch (SocketException)
            {
                journal.Count("mx: no connection");
            }

            await Beat.WaitAsync(dice.Around(pause), CancellationToken.None);
        }
    }

    private async Task SendAsync(string id, IReadOnlyList<ChaosUser> to, int proxy)
    {
        await using var wire = await ChaosWire.ConnectAsync(cluster.MxPort(proxy));
        var taken = new List<ChaosUser>();
        if (!Is(await ReplyAsync(wire), '2', id) || !Is(await AskAsync(wire, "EHLO client.example.net"), '2', id) || !Is(await AskAsync(wire, "MAIL FROM:<me@example.net>"), '2', id))
        {
            return;
        }

        foreach (var user in to)
        {
            var answer = await AskAsync(wire, $"RCPT TO:<{user.Name}>");
            if (Is(answer, '2', id))
            {
                taken.Add(user);
            }
        }

        if (taken.Count == 0 || !Is(await AskAsync(wire, "DATA"), '3', id))
        {
            return;
        }

        var message = Messages.Make(id);
        taken.ForEach(user => user.Attempt(id, message));
        var reply = await AskAsync(wire, message.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".");
        taken.ForEach(user => journal.Note(user.Name, $"{id} by proxy-{proxy + 1}: {reply}"));
        if (Is(reply, '2', id))
        {
            taken.ForEach(user => user.Acknowledge(id));
            journal.Count("messages acknowledged by mx");
        }
    }

    // What is refused is refused for now: a final refusal would be a bounce.
    private bool Is(string reply, char wanted, string id)
    {
        if (reply[0] == wanted)
        {
            return true;
        }

        journal.Count("messages put off");
        if (reply[0] != '4')
        {
            journal.Violate("", $"{id} was refused for good: {reply}");
        }

        return false;
    }

    private static async Task<string> AskAsync(ChaosWire wire, string command)
    {
        await wire.SayAsync(command + "\r\n");
        return await ReplyAsync(wire);
    }

    private static async Task<string> ReplyAsync(ChaosWire wire)
    {
        while (true)
        {
            var line = await wire.LineAsync();
            if (line.Length < 4 || !char.IsAsciiDigit(line[0]) || line[3] is not (' ' or '-'))
            {
                throw new ChaosCutException(true, false, line);
            }

            if (line[3] == ' ')
            {
                return line;
            }
        }
    }
}
