using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Relay;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

public sealed class RelayReplyTests
{
    [Theory]
    [InlineData(550, "5.2.1 The mailbox is disabled.", 550, "5.2.1 ")]
    [InlineData(452, "4.2.2 The mailbox is full.", 452, "4.2.2 ")]
    [InlineData(550, "5.1.1 No such user in /var/mail.", 554, "5.0.0 ")]
    public void A_refusal_is_passed_on_when_it_speaks_of_the_mailbox(int code, string text, int expected, string status)
    {
        var reply = RelayReply.OfStore(new SmtpReply(code, [text]));
        Assert.Equal(expected, reply.Code);
        Assert.StartsWith(status, reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_referral_is_a_temporary_failure_and_keeps_its_address_to_itself()
    {
        var reply = RelayReply.OfStore(new SmtpReply(550, ["5.2.900 <alice@example.org@store-2.inside:24>"]));
        Assert.True(reply.IsTemporary);
        Assert.DoesNotContain("inside", reply.Text, StringComparison.Ordinal);
    }
}
