using MailProxy.Protocols.Referrals;
using Xunit;

namespace MailProxy.Protocols.Tests.Referrals;

public sealed class UserReferralTests
{
    [Theory]
    [InlineData("REFERRAL imap://alice%40example.org@store-2.example.org:143/", "alice@example.org", "store-2.example.org", 143)]
    [InlineData("REFERRAL imap://alice@store-2/", "alice", "store-2", null)]
    [InlineData("referral IMAP://alice;AUTH=*@10.0.0.2:1143", "alice", "10.0.0.2", 1143)]
    [InlineData("REFERRAL imap://alice@[2001:db8::2]:143/INBOX", "alice", "2001:db8::2", 143)]
    [InlineData("REFERRAL imap://alice@store-2/ imap://alice@store-3/", "alice", "store-2", null)]
    public void Imap_says_where(string code, string user, string host, int? port) => Assert.Equal(new UserReferral(user, host, port), UserReferral.OfImap(code));

    [Theory]
    [InlineData("REFERRAL/alice@example.org@store-2:110", "alice@example.org", "store-2", 110)]
    [InlineData("REFERRAL/alice@10.0.0.2", "alice", "10.0.0.2", null)]
    [InlineData("REFERRAL/alice@[2001:db8::2", "alice", "2001:db8::2", null)]
    public void Pop3_says_where(string code, string user, string host, int? port) => Assert.Equal(new UserReferral(user, host, port), UserReferral.OfPop3(code));

    [Theory]
    [InlineData("sieve://alice%40example.org@store-2:4190", "alice@example.org", "store-2", 4190)]
    [InlineData("SIEVE://alice@10.0.0.2/script", "alice", "10.0.0.2", null)]
    [InlineData("sieve://store-2", "", "store-2", null)]
    [InlineData("sieve://[2001:db8::2]:4190/", "", "2001:db8::2", 4190)]
    public void Sieve_says_where_and_may_leave_the_user_out(string url, string user, string host, int? port) =>
        Assert.Equal(new UserReferral(user, host, port), UserReferral.OfSieve(url));

    [Theory]
    [InlineData("")]
    [InlineData("imap://alice@store-2/")]
    [InlineData("sieve://")]
    [InlineData("sieve://@store-2/")]
    [InlineData("sieve://store-2:0/")]
    [InlineData("sieve://al%0d%0aice@store-2/")]
    public void What_is_no_url_of_sieve_is_none(string url) => Assert.Null(UserReferral.OfSieve(url));

    [Theory]
    [InlineData("5.2.900 <alice@example.org@store-2:24>", "alice@example.org", "store-2", 24)]
    [InlineData("5.2.900 <alice@example.org@store-2:24> moved", "alice@example.org", "store-2", 24)]
    public void Smtp_says_where(string text, string user, string host, int? port) => Assert.Equal(new UserReferral(user, host, port), UserReferral.OfSmtp(text));

    [Theory]
    [InlineData("")]
    [InlineData("REFERRAL")]
    [InlineData("REFERRAL http://alice@store-2/")]
    [InlineData("REFERRAL imap://store-2/")]
    [InlineData("REFERRAL imap://@store-2/")]
    [InlineData("REFERRAL imap://alice@/")]
    [InlineData("REFERRAL imap://alice@store-2:0/")]
    [InlineData("REFERRAL imap://alice@store-2:65536/")]
    [InlineData("REFERRAL imap://alice@store-2:x/")]
    [InlineData("REFERRAL imap://alice@[2001:db8::2]x/")]
    [InlineData("REFERRAL imap://al%0d%0aice@store-2/")]
    [InlineData("REFERRAL/alice")]
    [InlineData("REFERRAL/@store-2")]
    [InlineData("5.2.900 alice@store-2")]
    [InlineData("5.2.900 <alice>")]
    [InlineData("5.2.1 <alice@store-2:24>")]
    public void Anything_else_is_none_in_any_protocol(string text)
    {
        Assert.Null(UserReferral.OfImap(text));
        Assert.Null(UserReferral.OfPop3(text));
        Assert.Null(UserReferral.OfSmtp(text));
    }

    [Theory]
    [InlineData(320, true)]
    [InlineData(321, false)]
    public void A_user_has_a_bound(int length, bool isRead) => Assert.Equal(isRead, UserReferral.OfPop3($"REFERRAL/{new string('a', length)}@store-2") is not null);
}
