using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using MailProxy.Testing;

namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A user's POP3 sessions, one after the other: each counts, lists UIDLs and reads the last message. Nothing is deleted.</summary>
internal sealed partial class PopVisits(ChaosCluster cluster, ChaosUser user, ChaosDice dice, ChaosJournal journal, int pause)
{
    private readonly Dictionary<int, string> _uidls = [];

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Beat.WaitAsync(dice.Around(pause), CancellationToken.None);
            var proxy = dice.Next(ChaosCluster.Size);
            var began = ChaosClock.Now;
            try
            {
                await using var wire = await ChaosWire.ConnectAsync(cluster.Pop3Port(proxy));
                await VisitAsync(wire, proxy);
            }
            catch (ChaosCutException cut)
            {
                ChaosFaults.Note(journal, user.Name, "pop3", ChaosCluster.ProxyName(proxy), began, cut);
            }
            catch (ChaosCorruptException corrupt)
            {
                journal.Violate(user.Name, $"pop3 by proxy-{proxy + 1}: {corrupt.Message}");
            }
            catch (SocketException)
            {
                journal.Count("pop3: no connection");
            }
        }
    }

    private async Task VisitAsync(ChaosWire wire, int proxy)
    {
        await wire.LineAsync();
        var before = user.Acknowledged;
        await SayAsync(wire, $"USER {user.Name}");
        if (await AskAsync(wire, "PASS secret", proxy) is null || await AskAsync(wire, "STAT", proxy) is not { } stat)
        {
            return;
        }

        journal.Count("pop3: logins");
        var count = int.Parse(stat.Split(' ')[1], CultureInfo.InvariantCulture);
        user.SeeCount(count, before, "pop3");
        if (await AskAsync(wire, "UIDL", proxy) is null)
        {
            return;
        }

        var listed = await LinesAsync(wire);
        if (listed.Count != count)
        {
            journal.Violate(user.Name, $"pop3: STAT says {count}, UIDL lists {listed.Count}");
        }

        // Nothing is deleted, so each number keeps its UIDL for ever.
        foreach (var parts in listed.Select(line => line.Split(' ')))
        {
            var number = int.Parse(parts[0], CultureInfo.InvariantCulture);
            if (!_uidls.TryAdd(number, parts[1]) && _uidls[number] != parts[1])
            {
                journal.Violate(user.Name, $"pop3: UIDL of {number} was {_uidls[number]} and is {parts[1]}");
            }
        }

        if (count > 0 && await AskAsync(wire, string.Create(CultureInfo.InvariantCulture, $"RETR {count}"), proxy) is not null)
        {
            var message = new StringBuilder();
            (await LinesAsync(wire)).ForEach(line => message.Append(line).Append("\r\n"));
            user.Read(IdPattern().Match(message.ToString()).Groups[1].Value, message.ToString(), "pop3");
        }

        await AskAsync(wire, "QUIT", proxy);
    }

    // Null: an error, which was judged.
    private async Task<string?> AskAsync(ChaosWire wire, string command, int proxy)
    {
        var answer = await SayAsync(wire, command);
        if (answer.StartsWith("+OK", StringComparison.Ordinal))
        {
            return answer;
        }

        if (!answer.StartsWith("-ERR", StringComparison.Ordinal))
        {
            throw new ChaosCorruptException($"{command} was answered '{answer}'");
        }

        ChaosFaults.JudgeRefusal(journal, user.Name, $"pop3 by proxy-{proxy + 1}, {command.Split(' ')[0]}", answer);
        return null;
    }

    private static async Task<string> SayAsync(ChaosWire wire, string command)
    {
        await wire.SayAsync(command + "\r\n");
        return await wire.LineAsync();
    }

    private static async Task<List<string>> LinesAsync(ChaosWire wire)
    {
        var lines = new List<string>();
        while (await wire.LineAsync() is var line && line != ".")
        {
            lines.Add(line.StartsWith('.') ? line[1..] : line);
        }

        return lines;
    }

    [GeneratedRegex("Message-ID: <([^@]+)@example.net>")]
    private static partial Regex IdPattern();
}
