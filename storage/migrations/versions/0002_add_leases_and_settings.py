"""Add leases, settings of chats, favourites and alerts."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

import storage.types


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('lease',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=96), nullable=False),
    sa.Column('holder', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('until', sa.Double(), nullable=False),
    sa.Column('epoch', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    with op.batch_alter_table('lease', schema=None) as batch_op:
        batch_op.create_index('ix_lease_holder', ['holder'], unique=False)

    op.create_table('send_budget',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('next_at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_send_budget'))
    )
    op.create_table('alert',
    sa.Column('id', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
    sa.Column('chat_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.Text(), nullable=False),
    sa.Column('product_name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('price', 'stock', name='alertkind', native_enum=False, length=16), nullable=False),
    sa.Column('at_most', storage.types.Money(length=64), nullable=True),
    sa.Column('created_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.Column('met_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.Column('met_price', storage.types.Money(length=64), nullable=True),
    sa.Column('told_at', storage.types.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['chat_id'], ['chat.id'], name=op.f('fk_alert_chat_id_chat'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert')),
    sa.UniqueConstraint('chat_id', 'product_id', 'kind', name=op.f('uq_alert_chat_id_product_id_kind'))
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index('ix_alert_met_at_told_at', ['met_at', 'told_at'], unique=False)

    op.create_table('favourite',
    sa.Column('chat_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('product_id', sa.Text(), nullable=False),
    sa.Column('added_at', storage.types.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['chat_id'], ['chat.id'], name=op.f('fk_favourite_chat_id_chat'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('chat_id', 'product_id', name=op.f('pk_favourite'))
    )
    with op.batch_alter_table('activation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('asking', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('warned_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('auto_cancel_at', storage.types.UtcDateTime(timezone=True), nullable=True))

    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.add_column(sa.Column('name', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('username', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True))
        batch_op.add_column(sa.Column('seen_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('chosen_language', sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True))
        batch_op.add_column(sa.Column('country', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=True))
        batch_op.add_column(sa.Column('sort_order', sa.Enum('name', 'price', name='sortorder', native_enum=False, length=16), server_default='name', nullable=False))
        batch_op.add_column(sa.Column('quiet', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('warn_before_expiry', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('auto_cancel_minutes', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('low_balance', storage.types.Money(length=64), nullable=True))
        batch_op.add_column(sa.Column('low_balance_told_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('mutes_broadcasts', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('banned_at', storage.types.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('ban_reason', sa.Text(), nullable=True))

    with op.batch_alter_table('update_receipt', schema=None) as batch_op:
        batch_op.add_column(sa.Column('holder', sqlmodel.sql.sqltypes.AutoString(length=24), nullable=True))




def downgrade() -> None:

    with op.batch_alter_table('update_receipt', schema=None) as batch_op:
        batch_op.drop_column('holder')

    with op.batch_alter_table('chat', schema=None) as batch_op:
        batch_op.drop_column('ban_reason')
        batch_op.drop_column('banned_at')
        batch_op.drop_column('mutes_broadcasts')
        batch_op.drop_column('low_balance_told_at')
        batch_op.drop_column('low_balance')
        batch_op.drop_column('auto_cancel_minutes')
        batch_op.drop_column('warn_before_expiry')
        batch_op.drop_column('quiet')
        batch_op.drop_column('sort_order')
        batch_op.drop_column('country')
        batch_op.drop_column('chosen_language')
        batch_op.drop_column('seen_at')
        batch_op.drop_column('username')
        batch_op.drop_column('name')

    with op.batch_alter_table('activation', schema=None) as batch_op:
        batch_op.drop_column('auto_cancel_at')
        batch_op.drop_column('warned_at')
        batch_op.drop_column('asking')

    op.drop_table('favourite')
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.drop_index('ix_alert_met_at_told_at')

    op.drop_table('alert')
    op.drop_table('send_budget')
    with op.batch_alter_table('lease', schema=None) as batch_op:
        batch_op.drop_index('ix_lease_holder')

    op.drop_table('lease')

