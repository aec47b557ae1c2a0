using System.Globalization;
using System.Text;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;

namespace MailProxy.Proxy.Tests.Soak;

/// <summary>An IMAP store that answers <see cref="GoodbyeClient"/>, in pieces of any size.</summary>
internal static class GoodbyeStore
{
    /// <summary>Text that looks like the ends of answers.</summary>
    public static string Body(int size)
    {
        var text = new StringBuilder(size + 32);
        while (text.Length < size)
        {
            text.Append("b OK done\r\n* 1 FETCH (BODY[] {9}\r\n.\r\n");
        }

        return text.ToString(0, size);
    }

    /// <summary>Serves one login after the other until the listener ends.</summary>
    public static async Task ServeAsync(ScriptedStore store, int sessions, int seed)
    {
        var serving = new List<Task>();
        for (var i = 0; i < sessions; i++)
        {
            var session = await store.AcceptImapLoginAsync();
            serving.Add(ServeSessionAsync(session, new Random(seed + i)));
        }

        await Task.WhenAll(serving);
    }

    private static async Task ServeSessionAsync(DialogueClient session, Random chance)
    {
        try
        {
            while (await session.ReadLineAsync() is { } line)
            {
                await AnswerAsync(session, line, chance);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or DialogueException)
        {
            // Ended by the proxy, wherever it was.
        }

        await session.DisposeAsync();
    }

    private static async Task AnswerAsync(DialogueClient session, string line, Random chance)
    {
        switch (line[0])
        {
            case 'b':
                var answer = new StringBuilder();
                for (var i = chance.Next(2); i < 2; i++)
                {
                    var size = chance.Next(0, 24_000);
                    answer.Append(CultureInfo.InvariantCulture, $"* 1 FETCH (BODY[] {{{size}}}\r\n{Body(size)})\r\n");
                }

                var octets = answer.Append("b OK done\r\n").ToString();
                for (var at = 0; at < octets.Length;)
                {
                    var length = Math.Min(octets.Length - at, chance.Next(1, 50_000));
                    await session.SendAsync(octets.Substring(at, length));
                    at += length;
                    await Task.Yield();
                }

                break;
            case 'c':
                await session.SendLineAsync("+ go");
                var announced = int.Parse(line[(line.IndexOf('{', StringComparison.Ordinal) + 1)..^1], CultureInfo.InvariantCulture);
                await session.ReadAsync(announced + 2);
                await session.SendLineAsync("c OK taken");
                break;
            case 'd':
                await session.SendAsync("+ idling\r\n* 5 EXISTS\r\n");
                break;
            default:
                await session.SendLineAsync("d OK");
                break;
        }
    }
}
