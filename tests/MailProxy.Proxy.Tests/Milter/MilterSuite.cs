using MailProxy.Protocols.Milter;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Tests.Rig;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Milter;

public abstract class MilterSuite(RigTransport on) : MilterRig(on)
{
    private const string Message = "Subject: x\r\nTo: a,\r\n\tb\r\n\r\nhi\r\n";

    [Fact]
    public async Task A_milter_sees_all_of_a_message_and_lets_it_pass_octet_for_octet()
    {
        await using var milter = new ScriptedMilter();
        await using var rig = Rig(milter);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        Assert.Equal(["Subject: x", "To: a,", "\tb", "", "hi"], (await store.TakeDataAsync()).TakeLast(5));
        await store.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
        var seen = await milter.SeeUntilAsync('Q');
        Assert.StartsWith("C", seen[0], StringComparison.Ordinal);
        Assert.Equal(
            ["Hclient.example|", "M<me@example.net>|", "R<alice@example.org>|", "T", "LSubject|x|", "LTo|a,\n\tb|", "N", "Bhi\r\n", "E", "Q"], seen.Skip(1));
    }

    [Fact]
    public async Task Header_changes_go_to_the_stores()
    {
        await using var milter = new ScriptedMilter
        {
            Answers = { ['E'] = ["hX-Last\0end\0", "i\0\0\0\0X-First\0one\ntwo\0", "m\0\0\0\x01Subject\0new\0", "m\0\0\0\x01To\0\0", "c"] },
        };
        await using var rig = Rig(milter);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        var data = await store.TakeDataAsync();
        Assert.Equal(["X-First: one", "\ttwo", "Subject: new", "X-Last: end", "", "hi"], data.TakeLast(6));
        Assert.StartsWith("Received: from client.example", data[0], StringComparison.Ordinal);
        await store.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
    }

    [Fact]
    public async Task Values_with_their_leading_space_are_taken_as_they_are()
    {
        await using var milter = new ScriptedMilter { Steps = MilterSteps.LeadingSpace, Answers = { ['E'] = ["hX-A\0 one\0", "hX-B\0two\0", "a"] } };
        await using var rig = Rig(milter);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        Assert.Equal(["X-A: one", "X-B:two", "", "hi"], (await store.TakeDataAsync()).TakeLast(4));
        Assert.Contains("LSubject| x|", await milter.SeeUntilAsync('E'));
        await store.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
    }

    [Fact]
    public async Task A_second_milter_sees_what_the_first_has_changed_and_a_new_body()
    {
        await using var first = new ScriptedMilter { Answers = { ['E'] = ["hX-One\0 1\0", "bnew ", "bbody\r\n", "c"] } };
        await using var second = new ScriptedMilter();
        await using var rig = Rig(first, second);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        Assert.Equal(["", "new body"], (await store.TakeDataAsync()).TakeLast(2));
        await store.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
        var seen = await second.SeeUntilAsync('E');
        Assert.Contains("LX-One| 1|", seen);
        Assert.Contains("Bnew body\r\n", seen);
    }

    [Theory]
    [InlineData('C', "r", "550 5.7.1 *")]
    [InlineData('H', "t", "451 4.7.1 *")]
    [InlineData('M', "y553 5.1.8 no such sender\0", "553 5.1.8 no such sender")]
    [InlineData('M', "y421 4.7.0 go away\0", "451 4.7.0 go away")]
    [InlineData('M', "ynonsense\0", "550 5.7.1 *")]
    public async Task A_refusal_before_any_recipient_answers_mail(char command, string answer, string reply)
    {
        await using var milter = new ScriptedMilter { Answers = { [command] = [answer] } };
        await using var rig = Rig(milter);
        var client = await HelloAsync(rig);
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync(reply);
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await client.ExpectAsync("503 *");
    }

    [Theory]
    [InlineData('T', "r", "550 5.7.1 *")]
    [InlineData('L', "t", "451 4.7.1 *")]
    [InlineData('N', "y550 5.7.1 bad header\0", "550 5.7.1 bad header")]
    [InlineData('B', "r", "550 5.7.1 *")]
    [InlineData('E', "y451-4.7.1 try\r\n451 4.7.1 later\0", "451 4.7.1 try 4.7.1 later")]
    [InlineData('E', "qvirus\0", "550 5.7.1 *")]
    public async Task A_refused_message_never_comes_to_a_store(char command, string answer, string reply)
    {
        await using var milter = new ScriptedMilter { Answers = { [command] = answer[0] == 'q' ? [answer, "c"] : [answer] } };
        await using var rig = Rig(milter);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        await client.ExpectAsync(reply);
        await store.AssertCutAsync();
        await client.SendLineAsync("NOOP");
        await client.ExpectAsync("250 *");
    }

    [Fact]
    public async Task A_discarded_message_is_answered_well_and_goes_nowhere()
    {
        await using var milter = new ScriptedMilter { Answers = { ['E'] = ["d"] } };
        await using var rig = Rig(milter);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        await client.ExpectAsync("250 2.0.0 *");
        await store.AssertCutAsync();
        Assert.Single(rig.Log.Entries, entry => entry.Text.Contains("discard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_quarantined_message_may_be_marked_instead()
    {
        await using var milter = new ScriptedMilter { Answers = { ['E'] = ["qa virus\0", "c"] } };
        await using var rig = Rig(milter);
        rig.Milter.Quarantine = MilterQuarantine.Mark;
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        Assert.Contains("X-MailProxy-Quarantine: m0: a virus", await store.TakeDataAsync());
        await store.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
    }

    [Fact]
    public async Task A_recipient_whom_a_milter_refuses_gets_nothing_and_the_others_do()
    {
        await using var milter = new ScriptedMilter();
        await using var rig = Rig(milter);
        await using var one = await rig.StoreAsync("store-1", 24);
        var client = await MailAsync(rig);
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var proxy = await one.AcceptLmtpAsync();
        await proxy.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("250 *");
        milter.Answers['R'] = ["y550 5.7.1 not this one\0"];
        await client.SendLineAsync("RCPT TO:<postmaster@example.org>");
        await proxy.TakeRecipientAsync("postmaster@example.org");
        await client.ExpectAsync("550 5.7.1 not this one");
        await SendAsync(client, Message);
        await proxy.AssertCutAsync();
        var again = await one.AcceptLmtpAsync();
        await again.TakeRecipientAsync("alice@example.org");
        await again.TakeDataAsync();
        await again.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
    }

    [Fact]
    public async Task Sender_and_recipients_may_be_changed_at_the_end()
    {
        await using var milter = new ScriptedMilter
        {
            Answers = { ['E'] = ["e<other@example.net>\0", "-<alice@example.org>\0", "+<bob@example.org>\0", "+<nobody@example.org>\0", "+no address\0", "c"] },
        };
        await using var rig = Rig(milter);
        await using var two = await rig.StoreAsync("store-2", 24);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        await store.AssertCutAsync();
        var bob = await two.AcceptLmtpAsync("MAIL FROM:<other@example.net>*");
        await bob.TakeRecipientAsync("bob@example.org");
        await bob.TakeDataAsync();
        await bob.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
        Assert.Single(rig.Log.Entries, entry => entry.Text.Contains("<nobody@example.org>, added by a milter, is left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(MilterFailure.TempFail, 'M')]
    [InlineData(MilterFailure.Accept, 'M')]
    [InlineData(MilterFailure.TempFail, 'E')]
    [InlineData(MilterFailure.Accept, 'E')]
    [InlineData(MilterFailure.Accept, 'B')]
    public async Task A_milter_that_dies_puts_the_message_off_or_is_passed_over(MilterFailure failure, char on)
    {
        await using var milter = new ScriptedMilter { DiesOn = on };
        await using var rig = Rig(milter);
        rig.Milter.Servers[0].OnFailure = failure;
        var client = await HelloAsync(rig);
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        if (failure == MilterFailure.TempFail && on == 'M')
        {
            await client.ExpectAsync("451 4.7.1 A filter of this server does not answer, please try again later.");
            return;
        }

        await client.ExpectAsync("250 *");
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        if (failure == MilterFailure.TempFail)
        {
            await client.ExpectAsync("451 4.7.1 *");
            await store.AssertCutAsync();
            return;
        }

        Assert.Equal("hi", (await store.TakeDataAsync())[^1]);
        await store.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
        Assert.Single(rig.Log.Entries, entry => entry.Text.Contains("milter m0", StringComparison.Ordinal) && entry.Text.Contains("goes on without it", StringComparison.Ordinal));
    }

    // Whoever named another recipient would otherwise get past the filter.
    [Fact]
    public async Task A_milter_that_dies_at_a_recipient_puts_off_the_next_ones_too()
    {
        await using var milter = new ScriptedMilter { DiesOn = 'R' };
        await using var rig = Rig(milter);
        rig.Milter.Servers[0].OnFailure = MilterFailure.TempFail;
        var client = await HelloAsync(rig);
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("250 *");
        await using var listener = await rig.StoreAsync("store-1", 24);
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        var store = await listener.AcceptLmtpAsync();
        await store.TakeRecipientAsync("alice@example.org");
        await client.ExpectAsync("451 4.7.1 *");
        await client.SendLineAsync("RCPT TO:<alice@example.org>");
        await client.ExpectAsync("451 4.7.1 *");
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("503 5.5.1 *");
    }

    [Fact]
    public async Task A_new_body_without_end_is_a_failure_and_fills_no_disk()
    {
        await using var milter = new ScriptedMilter { Answers = { ['E'] = [.. Enumerable.Repeat("b" + new string('x', 60_000), 5), "c"] } };
        await using var rig = Rig(milter);
        rig.Limits.MessageSize = 200_000;
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        await client.ExpectAsync("451 4.7.1 *");
        await store.AssertCutAsync();
        Assert.Single(rig.Log.Entries, entry => entry.Text.Contains("its new body is larger than 200000 octets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_at_its_address_is_a_failure_too()
    {
        using var nobody = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        nobody.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var address = nobody.LocalEndPoint!.ToString()!;
        await using var rig = Rig();
        rig.Milter.Servers.Add(new MilterServerOptions { Name = "gone", Address = address });
        var client = await HelloAsync(rig);
        await client.SendLineAsync("MAIL FROM:<me@example.net>");
        await client.ExpectAsync("451 4.7.1 *");
    }

    [Fact]
    public async Task A_milter_that_hangs_costs_its_timeout_and_progress_gives_it_more()
    {
        await using var milter = new ScriptedMilter { Answers = { ['E'] = ["p"] } };
        await using var rig = Rig(milter);
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, Message);
        await milter.SeeUntilAsync('E');
        var answer = client.ExpectAsync("451 4.7.1 *");
        while (!answer.IsCompleted)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(10));
            await Beat.WaitAsync(20, CancellationToken.None);
        }

        await answer;
        await store.AssertCutAsync();
        Assert.Single(rig.Log.Entries, entry => entry.Text.Contains("no answer within 120 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_large_message_goes_through_a_file_and_comes_out_the_same()
    {
        await using var milter = new ScriptedMilter { Steps = MilterSteps.SilentBody | MilterSteps.SilentHeaders, Answers = { ['E'] = ["hX-A\0b\0", "c"] } };
        await using var rig = Rig(milter);
        rig.Milter.SpoolMemory = 4_096;
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        var lines = Enumerable.Range(0, 5_000).Select(number => $"line {number} of a body that is longer than memory").ToArray();
        await client.SendLineAsync("DATA");
        await client.ExpectAsync("354 *");
        var sent = client.SendAsync("Subject: large\r\n\r\n" + string.Concat(lines.Select(line => line + "\r\n")) + ".\r\n");
        var data = await store.TakeDataAsync();
        await sent;
        Assert.Equal(["Subject: large", "X-A: b", "", .. lines], data.SkipWhile(line => line != "Subject: large"));
        await store.SendLineAsync("250 OK");
        await client.ExpectAsync("250 2.0.0 *");
        var pieces = (await milter.SeeUntilAsync('E')).Where(seen => seen[0] == 'B').ToList();
        Assert.Equal(string.Concat(lines.Select(line => line + "\r\n")), string.Concat(pieces.Select(piece => piece[1..])));
        Assert.All(pieces, piece => Assert.InRange(piece.Length - 1, 1, MilterWriter.MostBodyOctets));
    }

    [Fact]
    public async Task Without_room_for_the_spool_the_message_is_put_off()
    {
        await using var milter = new ScriptedMilter();
        await using var rig = Rig(milter);
        rig.Milter.SpoolMemory = 4_096;
        rig.Milter.SpoolPath = Path.Combine(Path.GetTempPath(), "mailproxy-no-such-folder");
        var client = await MailAsync(rig);
        var store = await NameAliceAsync(rig, client);
        await SendAsync(client, "Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("0123456789\r\n", 1_000)));
        await client.ExpectAsync("452 4.3.1 *");
        await store.AssertCutAsync();
    }

    [Fact]
    public async Task Lmtp_and_listeners_that_it_is_not_for_are_not_shown_to_it()
    {
        await using var milter = new ScriptedMilter();
        await using var rig = Rig(milter);
        rig.Milter.Servers[0].Mx = false;
        var client = await MailAsync(rig);
        await client.SendLineAsync("RSET");
        await client.ExpectAsync("250 *");
        var lmtp = await rig.ConnectAsync(MailProtocol.Lmtp);
        await lmtp.ExpectAsync("220 *");
        await lmtp.SendLineAsync("LHLO client.example");
        await lmtp.ExpectUntilAsync("250 *");
        await lmtp.SendLineAsync("MAIL FROM:<me@example.net>");
        await lmtp.ExpectAsync("250 *");
        Assert.Equal(0, milter.Connections);
    }
}
