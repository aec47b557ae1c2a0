using Xunit;

namespace MailProxy.Store.Tests.Imap;

public sealed class ImapMailboxTests
{
    [Fact]
    public async Task Mailboxes_are_made_listed_renamed_and_deleted()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        await client.OkAsync("CREATE Work/");
        await client.OkAsync("CREATE \"Work/Entw&APw-rfe\"");
        await client.OkAsync("CREATE Templates (USE (\\Archive))");
        Assert.Contains("[ALREADYEXISTS]", await client.CommandAsync("CREATE Work"), StringComparison.Ordinal);
        Assert.Contains("[USEATTR]", await client.CommandAsync("CREATE x (USE (\\Bogus))"), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync("CREATE \"bad&name\""), StringComparison.Ordinal);
        Assert.Contains(" NO [CANNOT] ", await client.CommandAsync("CREATE \"a//b\""), StringComparison.Ordinal);

        var top = await client.OkAsync("LIST \"\" %");
        Assert.Contains("* LIST (\\HasChildren) \"/\" \"Work\"\r\n", top, StringComparison.Ordinal);
        Assert.Contains("* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"\r\n", top, StringComparison.Ordinal);
        Assert.DoesNotContain("Work/", top, StringComparison.Ordinal);
        Assert.Contains("\"Work/Entw&APw-rfe\"", await client.OkAsync("LIST Work/ *"), StringComparison.Ordinal);
        Assert.Contains("* LIST (\\Noselect) \"/\" \"\"\r\n", await client.OkAsync("LIST \"\" \"\""), StringComparison.Ordinal);
        Assert.Contains("\"INBOX\"", await client.OkAsync("LIST \"\" inbox"), StringComparison.Ordinal);

        await client.OkAsync("RENAME Work Play");
        Assert.Contains("\"Play/Entw&APw-rfe\"", await client.OkAsync("LIST \"\" Play/*"), StringComparison.Ordinal);
        await client.OkAsync("DELETE \"Play/Entw&APw-rfe\"");
        Assert.Contains("[NONEXISTENT]", await client.CommandAsync("DELETE \"Play/Entw&APw-rfe\""), StringComparison.Ordinal);
        Assert.Contains(" NO ", await client.CommandAsync("DELETE INBOX"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscriptions_and_extended_lists()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        await client.OkAsync("CREATE a/b");
        await client.OkAsync("SUBSCRIBE a/b");
        await client.OkAsync("SUBSCRIBE gone");
        Assert.Contains("* LSUB () \"/\" \"a/b\"\r\n", await client.OkAsync("LSUB \"\" *"), StringComparison.Ordinal);
        Assert.Contains("* LSUB (\\Noselect) \"/\" \"a\"\r\n", await client.OkAsync("LSUB \"\" %"), StringComparison.Ordinal);
        var subscribed = await client.OkAsync("LIST (SUBSCRIBED) \"\" (\"a*\" \"gone\") RETURN (CHILDREN)");
        Assert.Contains("* LIST (\\HasNoChildren \\Subscribed) \"/\" \"a/b\"\r\n", subscribed, StringComparison.Ordinal);
        Assert.Contains("* LIST (\\NonExistent \\HasNoChildren \\Subscribed) \"/\" \"gone\"\r\n", subscribed, StringComparison.Ordinal);
        Assert.Contains("\"a\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n", await client.OkAsync("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" %"), StringComparison.Ordinal);
        var status = await client.OkAsync("LIST \"\" % RETURN (SPECIAL-USE STATUS (MESSAGES))");
        Assert.Contains("* STATUS \"Drafts\" (MESSAGES 0)\r\n", status, StringComparison.Ordinal);
        Assert.DoesNotContain("\"INBOX\"", await client.OkAsync("LIST (SPECIAL-USE) \"\" *"), StringComparison.Ordinal);
        await client.OkAsync("UNSUBSCRIBE gone");
        Assert.DoesNotContain("gone", await client.OkAsync("LSUB \"\" *"), StringComparison.Ordinal);
        Assert.Contains(" BAD ", await client.CommandAsync("LIST (RECURSIVEMATCH) \"\" *"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pattern_of_many_stars_costs_no_time()
    {
        await using var server = await ImapTestServer.StartAsync();
        await using var client = await server.LogInAsync();
        await client.OkAsync($"CREATE {new string('a', 200)}");
        Assert.DoesNotContain("aaa", await client.OkAsync($"LIST \"\" {string.Concat(Enumerable.Repeat("a*", 500))}b"), StringComparison.Ordinal);
    }
}
