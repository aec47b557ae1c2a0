using MailProxy.Testing;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>The usual beginning of a transaction with two stores, and the usual end of one that must leave nothing.</summary>
internal static class RelayScripts
{
    /// <summary>More lines than the relay gathers before it passes anything on.</summary>
    public static string APiece { get; } = string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 500));

    /// <summary>Names Alice, who lives on store-1, and Bob, who lives on store-2; both are taken.</summary>
    public static async Task<(DialogueClient One, DialogueClient Two)> NameAliceAndBobAsync(this ProxyRig rig, DialogueClient client)
    {
        var first = await rig.StoreAsync("store-1", 24);
        var second = await rig.StoreAsync("store-2", 24);
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var one = await first.AcceptLmtpAsync();
        await one.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        await client.SendLineAsync("RCPT TO:<bob@example.org>");
        var two = await second.AcceptLmtpAsync();
        await two.TakeRecipientAsync("bob@example.org");
        await client.ExpectAsync("250 *");
        return (one, two);
    }

    /// <summary>The connection ends, and whatever came, the end of a message did not.</summary>
    public static async Task AssertCutAsync(this DialogueClient store)
    {
        try
        {
            while (await store.ReadLineAsync() is { } line)
            {
                Assert.NotEqual(".", line);
            }
        }
        catch (ConnectionResetException)
        {
            // Cut, as it should be.
        }
    }
}
