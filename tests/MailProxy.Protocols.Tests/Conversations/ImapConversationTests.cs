using System.Runtime.CompilerServices;
using MailProxy.Protocols.Conversations;
using Xunit;

namespace MailProxy.Protocols.Tests.Conversations;

public sealed class ImapConversationTests
{
    [Theory]
    [InlineData("C: a NOOP\\r\\n", "-")]
    [InlineData("C: a NOOP\\r\\n\nS: a OK\\r\\n", "-B")]
    [InlineData("C: a NO\nC: OP\\r\\n", "B-")]
    [InlineData("S: * 5 EXISTS\\r\\n\nS: * 6 EX\nS: ISTS\\r\\n", "B-B")]
    [InlineData("C: a NOOP\\r\\nb NOOP\\r\\n\nS: a OK\\r\\n\nS: b NO no\\r\\n", "--B")]
    [InlineData("C: a FETCH 1 BODY[]\\r\\n\nS: * 1 FETCH (BODY[] {7}\\r\\n\nS: a OK\\r\\nx\nS: )\\r\\n\nS: a OK\\r\\n", "----B")]
    [InlineData("S: * 1 FETCH (BODY[] {0}\\r\\n\nS: )\\r\\n", "-B")]
    [InlineData("S: * 1 FETCH (BODY[] ~{3}\\r\\nabc BODY[1] {2}\\r\\nde\nS: )\\r\\n", "-B")]
    [InlineData("S: * LIST () \"/\" {3}\\r\\na\\rb\nS: \\r\\n", "-B")]
    // A header that is none: too many digits, none, a sign in the wrong place, not at the end.
    [InlineData("S: * X {12345678901234567890}\\r\\n", "B")]
    [InlineData("S: * X {}\\r\\n\nS: * X {+}\\r\\n\nS: * X {1+2}\\r\\n\nS: * X {1} \\r\\n\nS: * X {1\\r\\n\nS: * X 1}\\r\\n", "BBBBBB")]
    [InlineData("S: * X {0000000000000000003}\\r\\n\nS: abc\nS: \\r\\n", "--B")]
    // Text is no announcement.
    [InlineData("S: * OK see {5}\\r\\n\nS: * NO {5}\\r\\n\nS: * BAD {5}\\r\\n\nS: * ok {5}\\r\\n\nS: + {5}\\r\\n", "BBBBB")]
    [InlineData("C: a X\\r\\n\nS: a NO {5}\\r\\n", "-B")]
    [InlineData("S: * OKAY {2}\\r\\n\nS: ab\\r\\n", "-B")]
    public void It_knows_what_is_under_way(string script, string stands) => ConversationChecks.Stands<ImapConversation>(script, stands);

    [Theory]
    [InlineData("C: a APPEND x {3}\\r\\n\nS: + go\\r\\n\nC: ab\nC: c\nC: \\r\\n\nS: a OK\\r\\n", "-----B")]
    [InlineData("C: a APPEND x {3+}\\r\\nab\nC: c\\r\\n\nS: a OK\\r\\n", "--B")]
    [InlineData("C: a APPEND x {3}\\r\\n\nS: a NO [TRYCREATE]\\r\\n\nC: b NOOP\\r\\n\nS: b OK\\r\\n", "-B-B")]
    [InlineData("C: a APPEND x ~{10}\\r\\n\nS: + \\r\\n\nC: b NOOP\\r\\nX\\n\nC:  {1}\\r\\n\nC: y)\\r\\n\nS: a OK\\r\\n", "-----B")]
    [InlineData("C: a NOOP\\r\\nb LOGIN {1}\\r\\n\nS: a OK\\r\\n\nS: + \\r\\n\nC: x {0+}\\r\\n\\r\\n\nS: b OK\\r\\n", "----B")]
    [InlineData("C: a SEARCH TEXT {0}\\r\\n\nS: + \\r\\n\nC: \\r\\n\nS: a OK\\r\\n", "---B")]
    public void A_command_with_literals_is_under_way_to_its_end(string script, string stands) => ConversationChecks.Stands<ImapConversation>(script, stands);

    [Theory]
    [InlineData("C: a IDLE\\r\\n\nS: + idling\\r\\n\nS: * 5 EXISTS\\r\\n\nS: * 6\nC: DONE\\r\\n\nS:  EXISTS\\r\\n\nS: a OK\\r\\n", "BBB---B")]
    [InlineData("C: a idle\\r\\nDONE\\r\\n\nS: + idling\\r\\na OK\\r\\n", "-B")]
    [InlineData("C: a IDLE\\r\\n\nS: a BAD what?\\r\\n\nC: b NOOP\\r\\n\nS: b OK\\r\\n", "BB-B")]
    [InlineData("C: x FETCH 1 FLAGS\\r\\na IDLE\\r\\n\nS: x OK\\r\\n\nS: + \\r\\n\nC: DONE\\r\\nb NOOP\\r\\n\nS: a OK\\r\\n\nS: b OK\\r\\n", "-BB--B")]
    [InlineData("C: a IDLES\\r\\n", "-")]
    public void Idle_is_a_boundary_whenever_the_store_is_between_two_lines(string script, string stands) => ConversationChecks.Stands<ImapConversation>(script, stands);

    [Theory]
    [InlineData("C: a LOGOUT\\r\\n\nS: * BYE\\r\\n\nS: a OK\\r\\n", "---")]
    [InlineData("S: * BYE restarting\\r\\n", "-")]
    [InlineData("C: a COMPRESS DEFLATE\\r\\n\nS: a OK\\r\\n", "OO")]
    [InlineData("C: a starttls\\r\\n", "O")]
    [InlineData("C: a AUTHENTICATE PLAIN\\r\\n", "O")]
    public void Who_left_hears_no_second_goodbye_and_what_cannot_be_read_hears_none(string script, string stands) =>
        ConversationChecks.Stands<ImapConversation>(script, stands);

    [Theory]
    [InlineData("C: a FETCH 1:2 (UID BODY[])\\r\\n\nS: |* 1 FETCH (UID 3 BODY[] {9}\\r\\n* 2 X\\r\\na)\\r\\n\nS: * 2 FETCH (UID 4 BODY[] {0}\\r\\n)\\r\\n\nS: a OK done\\r\\n|* 3 EXISTS\\r\\n|")]
    [InlineData("S: |* 1 EXISTS\\r\\n|* 2 EXISTS\\r\\n|\nC: a IDLE\\r\\n\nS: + idling\\r\\n|* 3 EXISTS\\r\\n|\nC: DONE\\r\\n\nS: a OK\\r\\n|")]
    [InlineData("C: a APPEND INBOX {10}\\r\\n\nS: |+ go\\r\\n\nC: 0123456789\\r\\n\nS: a OK [APPENDUID 1 2]\\r\\n|\nC: b NOOP\\r\\n\nS: b OK\\r\\n|")]
    [InlineData("C: a NOOP\\r\\nb NOOP\\r\\nc NOOP\\r\\n\nS: |a OK\\r\\n|b OK\\r\\n|* 1 EXPUNGE\\r\\nc OK\\r\\n|")]
    public void It_ends_behind_a_whole_answer_wherever_it_is_asked_to(string script) => ConversationChecks.EndsAtBoundaries<ImapConversation>(script);

    [Fact]
    public void What_is_left_of_a_literal_may_go_unseen_and_no_more()
    {
        var conversation = default(ImapConversation);
        Assert.Equal(0, conversation.UnseenFromStore);
        conversation.FromStore("* 1 FETCH (BODY[] {5000000000}\r\nabc"u8);
        Assert.Equal(4_999_999_997, conversation.UnseenFromStore);
        conversation.PassFromStore(4_999_999_997);
        Assert.Equal(0, conversation.UnseenFromStore);
        Assert.Equal(ConversationStand.Busy, conversation.Stand);
        conversation.FromStore(")\r\n"u8);
        Assert.Equal(ConversationStand.Boundary, conversation.Stand);
    }

    [Fact]
    public void The_state_of_an_idle_session_is_small()
    {
        Assert.True(Unsafe.SizeOf<ImapConversation>() <= 24);
        Assert.True(Unsafe.SizeOf<Pop3Conversation>() <= 24);
        Assert.True(Unsafe.SizeOf<SubmissionConversation>() <= 24);
    }

    [Fact]
    public void Whatever_comes_nothing_is_thrown_and_nothing_is_lost_before_the_end()
    {
        var chance = new Random(7);
        const string Alphabet = "aA*+ {}01\r\n.IDLE";
        for (var round = 0; round < 2000; round++)
        {
            var conversation = default(ImapConversation);
            for (var i = 0; i < 20; i++)
            {
                var octets = System.Text.Encoding.ASCII.GetBytes(chance.GetItems<char>(Alphabet, chance.Next(1, 12)));
                Assert.Equal(octets.Length, chance.Next(2) == 0 ? conversation.FromClient(octets) : conversation.FromStore(octets));
            }
        }
    }
}
