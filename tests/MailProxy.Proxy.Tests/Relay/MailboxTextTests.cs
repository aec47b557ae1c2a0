using MailProxy.Proxy.Relay;
using Xunit;

namespace MailProxy.Proxy.Tests.Relay;

public sealed class MailboxTextTests
{
    [Theory]
    [InlineData("alice@example.org", "alice@example.org")]
    [InlineData("o'neil+x@example.org", "o'neil+x@example.org")]
    [InlineData("a>b@example.org", "\"a>b\"@example.org")]
    [InlineData("a b\"c\\d@example.org", "\"a b\\\"c\\\\d\"@example.org")]
    [InlineData("a..b@example.org", "\"a..b\"@example.org")]
    [InlineData("jö@example.org", "jö@example.org")]
    public void A_name_becomes_a_mailbox_and_never_syntax(string user, string mailbox) => Assert.Equal(mailbox, MailboxText.Of(user));
}
