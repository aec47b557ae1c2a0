using System.Globalization;
using MailProxy.Testing;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>A sender on one connection: whole transactions, and what became of each recipient.</summary>
/// <param name="client">Connected, nothing said yet.</param>
/// <param name="isLmtp">One verdict per recipient.</param>
/// <param name="hear">Waits for a reply; a test may push its clock meanwhile.</param>
internal sealed class MailTalk(DialogueClient client, bool isLmtp, Func<Task<string>, Task<string>> hear)
{
    /// <summary>For the answer to a message; a slow store may take long.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Greeting and EHLO or LHLO.</summary>
    public async Task OpenAsync()
    {
        await client.ExpectAsync("220 *");
        await client.SendLineAsync(isLmtp ? "LHLO mx.example.net" : "EHLO mx.example.net");
        await client.ExpectUntilAsync("250 *");
    }

    /// <summary>One message: the code that each recipient has in the end.</summary>
    /// <param name="recipients">Addresses.</param>
    /// <param name="body">The last line of the message.</param>
    /// <param name="filling">Octets in front of it.</param>
    public async Task<IReadOnlyList<int>> SendAsync(IReadOnlyList<string> recipients, string body, int filling = 0)
    {
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        var codes = new int[recipients.Count];
        for (var i = 0; i < codes.Length; i++)
        {
            await client.SendLineAsync($"RCPT TO:<{recipients[i]}>");
            codes[i] = await CodeAsync();
        }

        if (!codes.Contains(250))
        {
            await client.SendLineAsync("DATA");
            await client.ExpectAsync("503 *");
            await client.SendLineAsync("RSET");
            await client.ExpectAsync("250 *");
            return codes;
        }

        await client.SendLineAsync("DATA");
        await client.ExpectAsync("354 *");
        var reply = hear(FirstReplyAsync(body, filling));
        var verdict = CodeOf(await reply);
        for (var (i, isFirst) = (0, true); i < codes.Length; i++)
        {
            if (codes[i] == 250)
            {
                codes[i] = isFirst || !isLmtp ? verdict : await CodeAsync();
                isFirst = false;
            }
        }

        return codes;
    }

    /// <summary>Says goodbye.</summary>
    public async Task QuitAsync()
    {
        await client.SendLineAsync("QUIT");
        await client.ExpectAsync("221 *");
        await client.ExpectEndAsync();
        await client.DisposeAsync();
    }

    // While it is sent as well: a proxy that a store holds up reads no more.
    private async Task<string> FirstReplyAsync(string body, int filling)
    {
        var piece = string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 200));
        await client.SendAsync("Subject: x\r\n\r\n");
        for (var sent = 0; sent < filling; sent += piece.Length)
        {
            await client.SendAsync(piece, Patience);
        }

        await client.SendAsync($"{body}\r\n.\r\n", Patience);
        return await client.ExpectAsync("*", Patience);
    }

    private async Task<int> CodeAsync() => CodeOf(await hear(client.ExpectAsync("*")));

    private static int CodeOf(string reply) => int.Parse(reply.AsSpan(0, 3), CultureInfo.InvariantCulture);
}
