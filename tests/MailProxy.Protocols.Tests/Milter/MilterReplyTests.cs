using MailProxy.Protocols.Milter;
using MailProxy.Protocols.Tests.Lines;
using Xunit;

namespace MailProxy.Protocols.Tests.Milter;

public sealed class MilterReplyTests
{
    [Theory]
    [InlineData('a', "", MilterVerb.Accept, 0u, "", "")]
    [InlineData('c', "", MilterVerb.Continue, 0u, "", "")]
    [InlineData('p', "", MilterVerb.Progress, 0u, "", "")]
    [InlineData('y', "550 5.7.1 no\0", MilterVerb.ReplyCode, 0u, "550 5.7.1 no", "")]
    [InlineData('+', "<a@example.org>\0", MilterVerb.AddRecipient, 0u, "<a@example.org>", "")]
    [InlineData('2', "<a@example.org>\0NOTIFY=NEVER\0", MilterVerb.AddRecipientWithParameters, 0u, "<a@example.org>", "NOTIFY=NEVER")]
    [InlineData('e', "<b@example.org>\0", MilterVerb.ChangeFrom, 0u, "<b@example.org>", "")]
    [InlineData('h', "X-A\0one\ntwo\0", MilterVerb.AddHeader, 0u, "X-A", "one\ntwo")]
    [InlineData('h', "X-A\0\0", MilterVerb.AddHeader, 0u, "X-A", "")]
    [InlineData('i', "\0\0\0\x03X-A\0one\0", MilterVerb.InsertHeader, 3u, "X-A", "one")]
    [InlineData('m', "\0\0\x01\0Subject\0\0", MilterVerb.ChangeHeader, 256u, "Subject", "")]
    [InlineData('q', "because\0", MilterVerb.Quarantine, 0u, "because", "")]
    public void A_reply_is_read(char code, string data, MilterVerb verb, uint index, string text, string more)
    {
        Assert.True(MilterReply.TryRead(new((byte)code, Cuts.Octets(data)), out var reply));
        Assert.Equal((verb, index, text, more), (reply!.Verb, reply.Index, reply.Text, reply.More));
    }

    [Fact]
    public void A_piece_of_a_body_is_octets()
    {
        Assert.True(MilterReply.TryRead(new((byte)'b', [0, 255, 13, 10]), out var reply));
        Assert.Equal(new byte[] { 0, 255, 13, 10 }, reply!.Octets);
        Assert.False(reply.IsVerdict);
    }

    [Theory]
    [InlineData('x', "")]
    [InlineData('y', "")]
    [InlineData('y', "550 no end")]
    [InlineData('+', "\0")]
    [InlineData('h', "X-A\0")]
    [InlineData('h', "X-A\0one")]
    [InlineData('h', "X-A\0one\0two\0")]
    [InlineData('i', "\0\0\0")]
    [InlineData('i', "\0\0\0\x01")]
    [InlineData('m', "\0\0\0\x01X-A\0")]
    public void What_its_verb_does_not_have_is_no_reply(char code, string data) => Assert.False(MilterReply.TryRead(new((byte)code, Cuts.Octets(data)), out _));

    [Theory]
    [InlineData("\0\0\0\x06\0\0\0\x11\0\0\0\x03", true)]
    [InlineData("\0\0\0\x02\0\0\0\0\0\0\0\0", true)]
    [InlineData("\0\0\0\x06\0\0\0\x01\0\0\0\x01\0\0\0\0i\0", true)] // with a list of macros
    [InlineData("\0\0\0\x07\0\0\0\0\0\0\0\0", false)]
    [InlineData("\0\0\0\x01\0\0\0\0\0\0\0\0", false)]
    [InlineData("\0\0\0\x06\0\0\0\x02\0\0\0\0", false)] // wants to change bodies, which is not offered
    [InlineData("\0\0\0\x06\0\0\0\0\0\x10\0\0", false)] // wants a step that is not offered
    [InlineData("\0\0\0\x06\0\0\0\0\0\0\0", false)]
    public void A_milter_gets_what_was_offered_and_no_more(string data, bool isAgreed)
    {
        var offer = new MilterOffer(6, MilterActions.AddHeaders | MilterActions.ChangeHeaders, MilterSteps.NoConnect | MilterSteps.NoHelo);
        Assert.Equal(isAgreed, MilterOffer.TryRead(new((byte)'O', Cuts.Octets(data)), offer, out _));
        Assert.False(MilterOffer.TryRead(new((byte)'c', Cuts.Octets(data)), offer, out _));
    }
}
