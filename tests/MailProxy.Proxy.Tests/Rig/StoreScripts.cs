using MailProxy.Testing;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>What well-behaved stores say, so that tests only spell out what is special.</summary>
internal static class StoreScripts
{
    /// <summary>An IMAP store that lets a master login in.</summary>
    public static async Task<DialogueClient> AcceptImapLoginAsync(this ScriptedStore store, string capabilities = "IMAP4rev1 IDLE")
    {
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store");
        await proxy.ExpectAsync("L AUTHENTICATE PLAIN *");
        await proxy.SendLineAsync($"L OK [CAPABILITY {capabilities}] in");
        return proxy;
    }

    /// <summary>A POP3 store that lets a master login in.</summary>
    public static async Task<DialogueClient> AcceptPop3LoginAsync(this ScriptedStore store)
    {
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("+OK store");
        await proxy.ExpectAsync("AUTH PLAIN *");
        await proxy.SendLineAsync("+OK maildrop ready");
        return proxy;
    }

    /// <summary>A ManageSieve store that lets a master login in.</summary>
    public static async Task<DialogueClient> AcceptSieveLoginAsync(this ScriptedStore store, string extensions = "fileinto vacation")
    {
        var proxy = await store.AcceptOneAsync();
        await proxy.SendAsync($"\"IMPLEMENTATION\" \"store\"\r\n\"SIEVE\" \"{extensions}\"\r\n\"SASL\" \"PLAIN\"\r\nOK \"ready\"\r\n");
        await proxy.ExpectAsync("AUTHENTICATE \"PLAIN\" \"*\"");
        await proxy.SendLineAsync("OK \"in\"");
        return proxy;
    }

    /// <summary>An LMTP store up to MAIL.</summary>
    public static async Task<DialogueClient> AcceptLmtpAsync(this ScriptedStore store, string mail = "MAIL FROM:*")
    {
        var proxy = await store.AcceptOneAsync();
        await proxy.SendLineAsync("220 store LMTP");
        await proxy.ExpectAsync("LHLO mail.example.org");
        await proxy.SendLineAsync("250-store");
        await proxy.SendLineAsync("250-8BITMIME");
        await proxy.SendLineAsync("250 PIPELINING");
        await proxy.ExpectAsync(mail);
        await proxy.SendLineAsync("250 2.1.0 OK");
        return proxy;
    }

    /// <summary>The same of two that are asked at once: neither hears MAIL before both have answered LHLO.</summary>
    public static async Task<(DialogueClient One, DialogueClient Two)> AcceptLmtpAsync(ScriptedStore one, ScriptedStore two)
    {
        var first = one.AcceptLmtpAsync();
        var second = two.AcceptLmtpAsync();
        return (await first, await second);
    }

    /// <summary>One recipient is taken.</summary>
    public static async Task TakeRecipientAsync(this DialogueClient store, string address)
    {
        await store.ExpectAsync($"RCPT TO:<{address}>");
        await store.SendLineAsync("250 2.1.5 OK");
    }

    /// <summary>Takes the message: answers DATA, reads up to the dot, returns the lines between.</summary>
    public static async Task<IReadOnlyList<string>> TakeDataAsync(this DialogueClient store)
    {
        await store.ExpectAsync("DATA");
        await store.SendLineAsync("354 go");
        var lines = await store.ExpectUntilAsync(".");
        return [.. lines.SkipLast(1)];
    }
}
